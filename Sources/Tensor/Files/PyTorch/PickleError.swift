/// Where and why a pickle is not one we read.
public struct PickleError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The pickle ends in the middle.
    case truncated
    /// There is no such operation, or it is one of an old protocol.
    case operation(UInt8)
    /// The protocol is newer than those we know.
    case version(Int)
    /// The pickle names a class or function, none of which are run, and which is not one of those
    /// whose meaning we know.
    case global(String)
    /// An operation finds something else than this.
    case expected(String)
    /// A text is not valid UTF-8.
    case invalidText
    /// There are more than so many objects.
    case tooManyObjects(limit: Int)
  }

  /// The position in the pickle, in bytes.
  public let position: Int
  /// What is wrong there.
  public let problem: Problem

  /// What is wrong, and where.
  public var description: String {
    let problem =
      switch problem {
      case .truncated: "it is cut off"
      case .operation(let code): "unknown operation 0x\(String(code, radix: 16))"
      case .version(let version):
        "protocol \(version), of which the last known is \(PickleMachine.versions.upperBound)"
      case .global(let name):
        "it needs \(name.debugDescription), which is not among what a checkpoint may "
          + "name; of a whole model, save its state_dict()"
      case .expected(let what): "\(what) is expected"
      case .invalidText: "a text is not valid UTF-8"
      case .tooManyObjects(let limit): "more than \(limit) objects"
      }
    return "invalid pickle at byte \(position): \(problem)"
  }
}
