# Reads a disassembly for AArch64 and prints the innermost loops that are register tiles, those that
# multiply each element with several vectors and store nothing:
#   multiply-adds, broadcasts, loads, moves, stack

BEGIN { FS = "\t" }

/^[0-9a-f]+ <.*>:$/ { endFunction(); next }

/^ *[0-9a-f]+:/ {
  at[size] = $1; does[size] = $2; with[size] = $3
  gsub(/[ :]/, "", at[size]); sub(/ +$/, "", does[size])
  size++
}

END { endFunction() }

function endFunction(   i, j, first, target) {
  for (i = 0; i < size; i++) index_[at[i]] = i
  for (i = 0; i < size; i++) {
    if (does[i] !~ /^(b|b\..*|cbn?z|tbn?z)$/) continue
    target = with[i]; sub(/ <.*/, "", target); sub(/.*0x/, "", target)
    if (!(target in index_) || index_[target] > i) continue
    first = index_[target]
    for (j = first; j < i && does[j] !~ /^(b|b\..*|bl|blr|br|ret|cbn?z|tbn?z)$/; j++) {}
    if (j == i) measureLoop(first, i)
  }
  for (i in index_) delete index_[i]
  size = 0
}

function measureLoop(first, last,   i, products, broadcasts, loads, stores, moves, stack) {
  products = broadcasts = loads = stores = moves = stack = 0
  for (i = first; i <= last; i++) {
    if (does[i] ~ /^fml[as]$/) products++
    if (does[i] ~ /^(ld1r|dup)$/) broadcasts++
    else if (does[i] ~ /^ld/) loads++
    if (does[i] ~ /^st/) stores++
    if (does[i] == "mov" && with[i] ~ /^v[0-9]+\.16b/) moves++
    if (with[i] ~ /\[(sp|x29)/) stack++
  }
  if (broadcasts >= 1 && products > broadcasts && stores == 0) {
    print products, broadcasts, loads, moves, stack
  }
}
