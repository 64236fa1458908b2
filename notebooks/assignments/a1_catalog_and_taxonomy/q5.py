"""Variants of question q5, the promises of a tree."""


# %% wrong: walks up for ever
# Trusts that every way up ends at the root: in a cycle it never does.
def tree_faults(parent, home, count):
    above, places = set(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    faults = set()
    for start in parent:
        node, passed = start, [start]
        while parent.get(node) is not None:
            node = parent[node]
            passed.append(node)
        faults |= {"cycle"} if len(passed) > len(set(passed)) else set()
    faults |= {"root"} if list(parent.values()).count(None) != 1 else set()
    faults |= {"parent"} if above - set(parent) - {None} else set()
    faults |= {"leaf"} if any(p not in parent or p in above for p in places) else set()
    return faults | ({"count"} if sums != {n: count[n] for n in parent} else set())


# %% wrong: a cycle is a loop at a node
# Looks for nodes that are their own parent, and for nothing longer.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    broken = {
        "root": above.count(None) != 1,
        "parent": bool(set(above) - set(parent) - {None}),
        "cycle": any(node == over for node, over in parent.items()),
        "leaf": any(place not in parent or place in above for place in places),
        "count": any(sums[node] != count[node] for node in parent),
    }
    return {name for name in broken if broken[name]}


# %% wrong: a cycle is what the root does not reach
# Calls every node that hangs nowhere a cycle, a node with an unknown parent, too.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    reached, size = {None}, 0
    while size < len(reached):
        size = len(reached)
        reached |= {node for node, over in parent.items() if over in reached}
    broken = {"root": above.count(None) != 1, "cycle": not reached >= set(parent)}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: a node met twice is a cycle
# Never forgets what was passed on another way: two children of one parent are enough.
def tree_faults(parent, home, count):
    above, places, seen, cycle = list(parent.values()), list(home.values()), set(), False
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    for node in parent:
        while node in parent and not cycle:
            cycle = node in seen
            seen.add(node)
            node = parent[node]
    broken = {"root": above.count(None) != 1, "cycle": cycle}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: recursion to the root
# Calls itself at every level: a deep tree is more than Python's stack.
def tree_faults(parent, home, count):
    def returns(node, start):
        over = parent.get(node)
        return over is not None and (over == start or returns(over, start))

    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    broken = {"root": above.count(None) != 1, "cycle": any(returns(n, n) for n in parent)}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: at least one root
# Two roots pass, as does a forest.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if node in parent]
    broken = {"root": None not in above, "cycle": any(n in parent for n in way)}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: stops at the first fault
# Returns what it meets first; the others wait for the next run.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    if above.count(None) != 1:
        return {"root"}
    if set(above) - set(parent) - {None}:
        return {"parent"}
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if node in parent]
    if any(node in parent for node in way):
        return {"cycle"}
    if any(place not in parent or place in above for place in places):
        return {"leaf"}
    return {"count"} if any(sums[node] != count[node] for node in parent) else set()


# %% wrong: any node will do for a product
# Checks that the product's node exists, and not that it is a leaf.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if node in parent]
    broken = {"root": above.count(None) != 1, "cycle": any(n in parent for n in way)}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place not in parent for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: no inner node is a leaf
# Forgets products that sit on a node which does not exist.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if node in parent]
    broken = {"root": above.count(None) != 1, "cycle": any(n in parent for n in way)}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: sums of children only
# Compares inner nodes with their children, and never asks the leaves how many they hold.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    inner = {n: sum(count[c] for c in parent if parent[c] == n) for n in parent if n in above}
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if node in parent]
    broken = {"root": above.count(None) != 1, "cycle": any(n in parent for n in way)}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(
        count[n] != inner[n] + places.count(n) if n in inner else count[n] < 0 for n in parent
    )
    return {name for name in broken if broken[name]}


# %% wrong: products on inner nodes are not counted
# The count of a node with children is the children's alone.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: sum(count[c] for c in parent if parent[c] == n) for n in parent}
    sums |= {n: places.count(n) for n in parent if n not in above}
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if node in parent]
    broken = {"root": above.count(None) != 1, "cycle": any(n in parent for n in way)}
    broken["parent"] = bool(set(above) - set(parent) - {None})
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: an empty name is no parent
# Asks whether the parent is true, not whether it is there: "" and 0 are names of nodes.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) for n in parent}
    for node, over in parent.items():
        if over and over in parent:
            sums[over] += count[node]
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if parent.get(node)]
    broken = {"root": above.count(None) != 1, "cycle": any(n in parent for n in way)}
    broken["parent"] = any(over and over not in parent for over in above)
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    return {name for name in broken if broken[name]}


# %% wrong: takes the tree apart
# Cuts leaves off until nothing is left, in the caller's own dictionary.
def tree_faults(parent, home, count):
    above, places = list(parent.values()), list(home.values())
    sums = {n: places.count(n) + sum(count[c] for c in parent if parent[c] == n) for n in parent}
    broken = {"root": above.count(None) != 1, "parent": bool(set(above) - {None, *parent})}
    broken["leaf"] = any(place not in parent or place in above for place in places)
    broken["count"] = any(sums[node] != count[node] for node in parent)
    while bare := [node for node in parent if parent[node] not in parent]:
        for node in bare:
            del parent[node]
    broken["cycle"] = bool(parent)
    return {name for name in broken if broken[name]}


# %% right: strips what has no parent
# Takes roots off a copy, again and again; a cycle is what remains.
def tree_faults(parent, home, count):
    above, places, rest = set(parent.values()), list(home.values()), dict(parent)
    sums = {node: places.count(node) for node in parent}
    while bare := {node for node in rest if rest[node] not in rest}:
        rest = {node: over for node, over in rest.items() if node not in bare}
    for node, over in parent.items():
        if over in sums:
            sums[over] += count[node]
    broken = {"cycle": rest, "parent": above - set(parent) - {None}}
    broken["root"] = sum(over is None for over in parent.values()) != 1
    broken["leaf"] = set(places) & above or set(places) - set(parent)
    broken["count"] = sums != {node: count[node] for node in parent}
    return {name for name, fault in broken.items() if fault}


# %% right: networkx
# A directed graph knows about cycles and about what hangs below a node.
def tree_faults(parent, home, count):
    import networkx as nx

    graph = nx.DiGraph((over, node) for node, over in parent.items() if over is not None)
    graph.add_nodes_from(parent)
    on = {node: sum(place == node for place in home.values()) for node in parent}
    below = {node: sum(count[child] for child in graph.successors(node)) for node in parent}
    broken = {
        "root": sum(over is None for over in parent.values()) != 1,
        "parent": len(graph) > len(parent),
        "cycle": not nx.is_directed_acyclic_graph(graph),
        "leaf": any(p not in parent or graph.out_degree(p) for p in home.values()),
        "count": any(count[node] != on[node] + below[node] for node in parent),
    }
    return {name for name, fault in broken.items() if fault}


# %% right: as many steps as there are nodes
# Who is still inside the tree after one step for each node goes round in a circle.
def tree_faults(parent, home, count):
    children, places = {node: [] for node in parent}, list(home.values())
    lost = [over for over in parent.values() if children.get(over) is None]
    for node, over in parent.items():
        children.get(over, []).append(node)
    way = list(parent)
    for _ in parent:
        way = [parent[node] for node in way if node in parent]
    held = {n: places.count(n) + sum(count[c] for c in children[n]) for n in parent}
    faults = [] if lost.count(None) == 1 else ["root"]
    faults += ["parent"] * (len(lost) > lost.count(None))
    faults += ["cycle"] * any(node in parent for node in way)
    faults += ["leaf"] * any(children.get(place, [place]) for place in places)
    return set(faults + ["count"] * (held != {node: count[node] for node in parent}))
