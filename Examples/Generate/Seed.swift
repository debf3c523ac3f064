internal import _ExampleCommandLine

/// The seed of the first image.
enum Seed: Equatable, Sendable {
  case given(UInt64)
  /// One that is drawn for the run.
  case random

  /// The seed; another one at each call where it is random.
  ///
  /// A random one has 32 bits, which are what PyTorch's generator takes of it.
  func value() -> UInt64 {
    switch self {
    case .given(let seed): seed
    case .random: UInt64(UInt32.random(in: 0 ... .max))
    }
  }
}

extension ValueParser<Seed> {
  /// A whole number of 64 bits, or -1.
  static var seed: ValueParser {
    ValueParser(
      "N", allowed: "an integer from 0 to \(UInt64.max), or -1 for a random one",
      describe: { seed in
        if case .given(let number) = seed { "\(number)" } else { "-1" }
      },
      parse: { $0 == "-1" ? .random : UInt64($0).map { .given($0) } })
  }
}
