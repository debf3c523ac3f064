internal import Foundation

/// The processors that this process may run on, at least one: fewer than the machine has where its
/// launcher has bound it to some, as `mpirun`, `srun` and `taskset` do.
package func availableProcessors() -> Int {
  #if os(Linux)
  let key = "Cpus_allowed_list:"
  if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
    let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
    let count = processorCount(list: String(line.dropFirst(key.count)))
  {
    return count
  }
  #endif
  return ProcessInfo.processInfo.activeProcessorCount
}

/// The number of processors in a list such as `0-3,8`; nil where it is none.
func processorCount(list: String) -> Int? {
  var count = 0
  for part in list.trimmingCharacters(in: .whitespaces).split(separator: ",") {
    let ends = part.split(separator: "-").map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      first <= last
    else { return nil }
    count += last - first + 1
  }
  return count > 0 ? count : nil
}
