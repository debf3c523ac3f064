# Reads a disassembly and prints, tab-separated:
#   encoding  what is wrong, function                 instructions that the target may not contain
#   call      set, function, callee                   calls that leave the kernels
#   loop      set, function, multiply-adds, broadcasts, loads, moves, stack: a register tile
# -v ranges=FILE names the code of each instruction-set target, "start end set", sorted.
# Addresses are compared as strings of 16 digits, for awk has no 64-bit numbers.

BEGIN {
  FS = "\t"; count = 0
  while ((getline line < ranges) > 0) {
    split(line, part, " ")
    start[count] = part[1]; end[count] = part[2]; owner[count] = part[3]; count++
  }
}

function padded(address) {
  sub(/^0x/, "", address)
  return substr("0000000000000000", 1, 16 - length(address)) address
}

# The instruction-set target that an address belongs to, or nothing.
function setOf(address,   low, high, middle) {
  low = 0; high = count
  while (low < high) {
    middle = int((low + high) / 2)
    if (end[middle] <= address) low = middle + 1; else high = middle
  }
  return low < count && start[low] <= address ? owner[low] : ""
}

/^[0-9a-f]+ <.*>:$/ {
  endFunction()
  name = $0; sub(/^[0-9a-f]+ </, "", name); sub(/>:$/, "", name)
  size = 0; frame = 0
  next
}

/^ *[0-9a-f]+:/ {
  address = $1; gsub(/[ :]/, "", address); address = padded(address)
  operation = $2; operands = $3
  sub(/[ ]+$/, "", operation)
  set = setOf(address)
  wide = operands ~ /%zmm|%k[0-7]|%[xy]mm(1[6-9]|2[0-9]|3[01])/
  # Every AVX instruction begins with v; BMI, LZCNT, MOVBE and POPCNT come with AVX2.
  if (set !~ /^A(VX|MX)/ && (operation ~ /^v/ || operation ~ \
      /^(andn|bextr|blsi|blsr|blsmsk|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|lzcnt|movbe|popcnt)[lqw]?$/))
    print "encoding\t" operation " in " name
  else if (operation ~ /^(tile|tdp|ldtilecfg|sttilecfg)/ && set != "AMX")
    print "encoding\t" operation " in " name
  else if (wide && set !~ /^A(VX512|VX512VNNI|VX512BF16|MX)$/) print "encoding\t" operation " " operands " in " name
  if (set == "") next
  if (operation ~ /^(callq?|jmpq?)$/) checkCall()
  if (operation == "movq" && operands == "%rsp, %rbp") frame = 1
  at[size] = address; does[size] = operation; with[size] = operands; size++
}

END { endFunction() }

# A call may go to a function of the same target, to the C library's memory functions, to the handler
# of a smashed stack, and in the baseline to the conversions of half precision, which SSE2 has not.
# A closure that captures a number has a destroyer, without a symbol, that frees what it captured.
# What makes a table, once, may do as it likes.
function checkCall(   callee, target) {
  if (name ~ /_WZ$|vau$/) return
  if (operands ~ /^\*/) {
    if (operation ~ /^call/) print "call\t" set "\t" name "\tthrough a pointer"
    return
  }
  target = operands; sub(/ .*/, "", target)
  if (setOf(padded(target)) == set) return
  callee = operands; sub(/^[^<]*</, "", callee); sub(/(@plt)?(\+0x[0-9a-f]+)?>.*/, "", callee)
  if (callee ~ /^(memmove|memcpy|memset|__stack_chk_fail)$/) return
  if (operation ~ /^jmp/ && callee == "swift_deallocObject") return
  if (set == "Baseline" && callee ~ /^__(extendhf[sd]f2|trunc[sd]fhf2)$/) return
  print "call\t" set "\t" name "\t" callee
}

# Finds the innermost loops of the function and prints those that are register tiles: they spread
# elements from memory over vectors and multiply them.
function endFunction(   i, first, j) {
  for (i = 0; i < size; i++) index_[at[i]] = i
  for (i = 0; i < size; i++) {
    if (does[i] !~ /^j/ || with[i] ~ /^\*/) continue
    target = with[i]; sub(/ .*/, "", target); target = padded(target)
    if (!(target in index_) || index_[target] > i) continue
    first = index_[target]
    for (j = first; j < i && does[j] !~ /^(j|call|ret)/; j++) {}
    if (j == i) measureLoop(first, i)
  }
  for (i in index_) delete index_[i]
  size = 0
}

function measureLoop(first, last,   i, products, broadcasts, loads, moves, stack, m, isLoad) {
  products = broadcasts = loads = moves = stack = 0
  for (i = first; i <= last; i++) {
    m = does[i]
    if (m ~ /^vf(n?)m(add|sub)[0-9]*ps$/ || m ~ /^(mulps|vdpbf16ps|vpdpbusd|v?pmaddwd)$/) products++
    isLoad = with[i] ~ /\(.*\), *%|\(.*\) *, *%/
    if (((with[i] ~ /\{1to/ || m ~ /^v(broadcastss|pbroadcastd)$/) && isLoad && with[i] !~ /%rip/) || \
        (m ~ /^(shufps|pshufd)$/ && with[i] ~ /^\$0x0,/)) broadcasts++
    else if (isLoad && m ~ /ps$|^v?(mov(dq[au]|q)|pmovsxbw)/) loads++
    if (m ~ /^v?mov(a|u)p[sd]$|^v?movdq[au]/ && with[i] !~ /\(/) moves++
    if (with[i] ~ /\(%rsp/ || (frame && with[i] ~ /\(%rbp/)) stack++
  }
  if (broadcasts < 1 || products <= broadcasts) return
  print "loop\t" set "\t" name "\t" products "\t" broadcasts "\t" loads "\t" moves "\t" stack
}
