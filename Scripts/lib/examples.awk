# Makes a Swift program of the examples in docstrings: of each indented block of code a function.
#
#   awk -v target=FOLDER -f Scripts/lib/examples.awk SOURCES…
#
# A comment at the end of a line that begins with a digit, a minus sign, a bracket or a parenthesis, or
# is `true`, `false` or `nan`, is what the line's expression prints, or the name that it declares;
# `expect` in examples.swift compares them. Other comments are remarks. The compiler and `expect` name
# the file and the line of the docstring.
#
# An example that Markdown would not show as code ends the program with code 1.

FNR == 1 {
  if (out) { print "}" > out; close(out) }
  name = FILENAME; gsub(/^Sources\/|\.swift$/, "", name); gsub(/[^A-Za-z0-9]/, "_", name)
  out = ""; number = 0
}

!/^ *\/\/\// { finish(); isBlank = isList = 0; next }

{ text = $0; sub(/^ *\/\/\//, "", text) }

text ~ /^ - / { isList = 1 }

text !~ /^     / { finish(); isBlank = text == ""; next }

!isInside && !isBlank { next }  # a list's item that goes on

!isInside {
  if (isList) {
    print FILENAME ":" FNR ": an example behind a list is no code to Markdown" > "/dev/stderr"
    isWrong = 1
  }
  start()
}

{
  code = substr(text, 6)
  printf "#sourceLocation(file: \"%s\", line: %d)\n", FILENAME, FNR > out
  if (match(code, / +\/\/ ([-0-9[(].*|true|false|nan)$/)) {
    value = substr(code, RSTART); sub(/^ +\/\/ /, "", value); gsub(/"/, "\\\"", value)
    code = substr(code, 1, RSTART - 1)
    if (code ~ /^(let|var) /) {
      print "    " code > out
      sub(/^(let|var) /, "", code); sub(/[ :].*/, "", code)
      printf "#sourceLocation(file: \"%s\", line: %d)\n", FILENAME, FNR > out
    }
    printf "    expect(%s, \"%s\")\n", code, value > out
  } else {
    print "    " code > out
  }
}

END {
  if (out) print "}" > out
  main = target "/main.swift"
  for (i = 1; i <= count; i++) print "run(\"" places[i] "\", Examples." names[i] ")" > main
  print "report()" > main
  exit isWrong
}

function start() {
  isInside = 1
  if (!out) {
    out = target "/" name ".swift"
    printf "import Tensor\n\nextension Examples {\n" > out
  }
  number++; count++
  names[count] = name "_" number; places[count] = FILENAME ":" FNR
  print "  static func " names[count] "() throws {" > out
}

function finish() {
  if (isInside) printf "#sourceLocation()\n  }\n\n" > out
  isInside = 0
}
