internal import Foundation

/// The text of a progress bar, narrower than `columns`.
///
/// Where not all of it fits, the bar goes first, then the rate, the times, the label and the count.
func progressLine(
  label: String = "", done: Int, total: Int, elapsed: Duration, columns: Int
) -> String {
  let fraction = total > 0 ? min(1, Double(done) / Double(total)) : 1
  let seconds = elapsed / .seconds(1)
  let percent = String(format: "%3d%%", total > 0 ? min(100, done * 100 / total) : 100)
  let head = label.isEmpty ? percent : "\(label) \(percent)"
  let (count, times) = ("\(done)/\(total)", times(done, total, seconds))
  let tail = "\(count) [\(times), \(rate(done, seconds))]"
  // A terminal wraps the line that fills its last column, and the bar could not go back.
  let room = columns - 1
  let width = min(40, room - head.count - tail.count - 3)
  if width >= 3 { return "\(head)|\(bar(fraction, width))| \(tail)" }
  let lines = [
    "\(head) \(tail)", "\(head) \(count) [\(times)]", "\(head) \(count)", "\(percent) \(count)",
    percent,
  ]
  return lines.first { $0.count <= room } ?? ""
}

/// A bar in eighths of a character.
private func bar(_ fraction: Double, _ width: Int) -> String {
  let eighths = Int(fraction * Double(width * 8))
  let full = String(repeating: "█", count: eighths / 8)
  let part = eighths % 8 == 0 ? "" : String(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1])
  return full + part + String(repeating: " ", count: width - full.count - part.count)
}

/// The elapsed and the remaining time.
private func times(_ done: Int, _ total: Int, _ seconds: Double) -> String {
  let remaining = done > 0 ? clockTime(seconds / Double(done) * Double(max(0, total - done))) : "?"
  return "\(clockTime(seconds))<\(remaining)"
}

/// A time as `mm:ss`, from an hour on as `h:mm:ss`.
private func clockTime(_ seconds: Double) -> String {
  let whole = Int(seconds)
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return hours > 0
    ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
    : String(format: "%02d:%02d", minutes, whole % 60)
}

/// Seconds a step, or steps a second above one.
private func rate(_ done: Int, _ seconds: Double) -> String {
  guard done > 0, seconds > 0 else { return "?it/s" }
  let rate = Double(done) / seconds
  return rate > 1 ? String(format: "%5.2fit/s", rate) : String(format: "%5.2fs/it", 1 / rate)
}
