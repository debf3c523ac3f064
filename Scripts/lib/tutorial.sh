# The Swift code of a page, its blocks in order, as one program.
#
# tutorial_code PAGE
tutorial_code() {
  awk '/^```swift$/ { inside = 1; next } /^```/ { if (inside) print ""; inside = 0; next } inside' "$1"
}
