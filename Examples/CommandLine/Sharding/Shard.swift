/// The share of the work that one of several processes does.
package struct Shard: Equatable, Sendable, CustomStringConvertible {
  /// Which share it is, counted from one.
  package let number: Int
  /// The number of shares.
  package let count: Int
  /// What told the process its share, such as `Slurm`; nil for the command line.
  package let source: String?
  /// The processes on this machine, as far as is known.
  package let localCount: Int
  /// What the user should know of how it was found.
  package let warning: String?

  /// A share.
  ///
  /// - Precondition: `number` is from 1 to `count`, and `localCount` positive.
  package init(
    _ number: Int, of count: Int, source: String? = nil, localCount: Int = 1,
    warning: String? = nil
  ) {
    (self.number, self.count, self.source) = (number, count, source)
    (self.localCount, self.warning) = (localCount, warning)
  }

  /// The share as the command line takes it, such as `3/8`.
  package var description: String { "\(number)/\(count)" }

  /// The places of `total` things that belong to the share.
  ///
  /// The shares follow on one another, leave nothing out, and differ in size by one at the most.
  package func range(of total: Int) -> Range<Int> {
    (number - 1) * total / count..<number * total / count
  }

  /// The threads that a process of the share uses where nobody says how many.
  ///
  /// - Parameters:
  ///   - machine: The processors of the machine, which its processes share.
  ///   - available: Those that this process may run on, fewer where its launcher has bound it.
  /// - Returns: The number of threads.
  package func threads(machine: Int, available: Int) -> Int {
    max(1, min(available, machine / localCount))
  }
}

/// What `--shard` asks for.
package enum ShardRequest: Equatable, Sendable {
  /// A share.
  case given(Shard)
  /// The share that the environment tells, of a number that the user may give.
  case automatic(count: Int?)

  /// The share.
  ///
  /// - Parameter environment: The variables of the process.
  /// - Returns: The share.
  /// - Throws: `UsageError` where the environment does not tell it, or contradicts itself.
  package func shard(in environment: [String: String]) throws(UsageError) -> Shard {
    switch self {
    case .given(let shard): shard
    case .automatic(let count): try LaunchEnvironment(environment).shard(count: count)
    }
  }
}

extension ValueParser<ShardRequest> {
  /// A share `I/N`, `auto`, or `auto/N`.
  package static var shard: ValueParser {
    let largest = 1_000_000
    return ValueParser(
      "I/N|auto[/N]",
      allowed: "I/N with I from 1 to N and N up to \(largest), or auto, or auto/N",
      describe: { request in
        switch request {
        case .given(let shard): "\(shard)"
        case .automatic(let count): "auto" + (count.map { "/\($0)" } ?? "")
        }
      }
    ) { text in
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      if text == "auto" { return .automatic(count: nil) }
      guard parts.count == 2, let count = Int(parts[1]), (1...largest).contains(count) else {
        return nil
      }
      if parts[0] == "auto" { return .automatic(count: count) }
      guard let number = Int(parts[0]), (1...count).contains(number) else { return nil }
      return .given(Shard(number, of: count))
    }
  }
}
