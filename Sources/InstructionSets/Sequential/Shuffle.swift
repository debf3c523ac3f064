/// Makes an order of the numbers below the start of a range one of those below its end, by draws of 64
/// bits, of which the upper half comes first.
///
/// Each number is put at a place that is drawn, and what was there behind all (Durstenfeld's method,
/// 1964, from the inside out).
///
/// - Parameters:
///   - order: The order.
///   - range: The numbers that join it.
///   - words: The draws, two words for each number.
public func shuffle(
  _ order: UnsafeMutablePointer<Int64>, _ range: Range<Int>, _ words: UnsafePointer<UInt32>
) {
  for i in range {
    let word = 2 * (i - range.lowerBound)
    let draw = UInt64(words[word]) << 32 | UInt64(words[word + 1])
    let place = Int(draw.multipliedFullWidth(by: UInt64(i + 1)).high)
    order[i] = order[place]
    order[place] = Int64(i)
  }
}
