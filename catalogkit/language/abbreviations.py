"""What the clipped words on grocery labels stand for.

Collected by reading every word of the departments, categories and product types of the Complete
Journey data that an English word list does not know. One meaning a word, the one most labels
intend: BTR is butter (once batter), STK steak (once stick), SS single serve (once short sleeve).
Words that stay ambiguous (EX, GM, PT, IN) or that nobody explains (IWS, SPHE, JHOOK) are left out.
"""

from collections.abc import Mapping

_STATE = """
bkd baked | brd breaded | carb carbonated | cnd canned | conc concentrated | crbntd carbonated
elstc elastic | fem feminine | flav flavored | flv flavor | flvr flavor | flvrd flavored
frd fried | fre fresh | frthr further | frz frozen | frzn frozen | grnd ground | indr indoor
iqf individually quick frozen | liq liquid | liqs liquids | lrg large | lss less | lt light
misc miscellaneous | mlt multi | mult multi | natrl natural | ntrtnl nutritional | oth other
pckgd packaged | persnl personal | pickld pickled | pkgd packaged | pkld pickled | plstc plastic
ppk prepack | prem premium | preportnd preportioned | preprd prepared | presc prescription
preslc presliced | preslcd presliced | prpck prepack | prslc presliced | refrgratd refrigerated
refrig refrigerated | reg regular | retl retail | rtd ready to drink | rts ready to serve
rtw ready to wear | rw random weight | sft soft | sgl single | smi semi | sngl single
snsl seasonal | ss single serve | sup super | sw sweet | swt sweet | thn than | wh whole
whl whole | whlsm wholesome | xmas christmas | yng young
"""

_FOOD = """
appl appliance | bbq barbecue | bev beverage | bly belly | bn bean | brkfst breakfast
brskt brisket | brst breast | btr butter | catfd cat food | chix chicken | chkn chicken | chp chop
chs cheese | ckn chicken | cktls cocktails | ckys cookies | cndy candy | coff coffee
cran cranberry | crkr cracker | dan danish | dnr dinner | dnrs dinners | dogfd dog food | dps dips
drnk drink | drnking drinking | drnkng drinking | drnks drinks | drsng dressing | fd food
flnk flank | gngr ginger | ingred ingredients | jce juice | jui juice | juic juice
lnchmt lunch meat | mlk milk | mneral mineral | mnrl mineral | mt meat | ndairy non dairy
oj orange juice | plt plate | pnch punch | pnt peanut | pnut peanut | ptty patty | sal salad
sald salad | saus sausage | sce sauce | seafd seafood | shldr shoulder | shlfsh shellfish
shnk shank | slc slice | sld salad | sndwch sandwich | snks snacks | sprd spread | stk steak
strp strip | stw stew | syrp syrup | veg vegetable | wtr water
"""

_THINGS = """
acc accessories | acces accessories | accs accessories | accss accessories | bkngwares bakewares
bndges bandages | brac bracelet | bskts baskets | bth bath | btl bottle | btls bottles | bx box
calc calculator | cndles candles | cntrl control | containr container | cookng cooking
crystl crystal | deod deodorant | dept department | diapr diaper | dl deli | drg drug | drp drop
dsh dish | gds goods | hbc health and beauty care | hngrs hangers | hygn hygiene | inf infant
lndry laundry | lozng lozenge | mach machine | massgrs massagers | merch merchandise
mfg manufacturer | mw microwave | mx mix | mxs mixes | n/a not applicable | orgnzrs organizers
otc over the counter | pickls pickles | pk pack | pkg package | plantr planter | pwdr powder
pwdrs powders | qsr quick service restaurant | rbr rubber | rx prescription | sply supply
spt sport | srv serve | supp supplement | suprt support | sv serve | syrngs syringes | tiss tissue
todd toddler | trsh trash | w/ with | w/o without | wt weight | xpctrnt expectorant
"""

_SIZES = """
ct count | ctn carton | dz dozen | fl fluid | ft foot | ga gallon | gal gallon | lb pound
lbs pounds | ltr liter | ml milliliter | oz ounce | pc piece | qt quart | sq square | yd yard
"""


def _entries(*tables: str) -> dict[str, str]:
    """Read "short long form | short long form" tables into one dictionary."""
    lines = "|".join(tables).replace("\n", "|").split("|")
    return dict(line.split(maxsplit=1) for line in map(str.strip, lines) if line)


ABBREVIATIONS: Mapping[str, str] = _entries(_STATE, _FOOD, _THINGS, _SIZES)
"""Lower-case abbreviation to its long form; a key that ends in / takes the slash with it."""
