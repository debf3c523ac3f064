import Kernels
import Tensor
import Testing

@testable import DiT

/// What a cache says that it holds is what it holds: reflection finds every tensor and number that is
/// reachable from it.
@Suite struct HeldMemoryTests {
  /// The memory that is reachable from a value; tensors that share a storage count once.
  private struct Held {
    private(set) var byteCount = 0
    private var seen: Set<ObjectIdentifier> = []

    mutating func add(_ value: Any) {
      if let tensor = value as? Tensor<Float> {
        guard seen.insert(ObjectIdentifier(tensor.storage)).inserted else { return }
        byteCount += tensor.count * 4
      } else if let numbers = value as? [Float] {
        byteCount += numbers.count * 4
      } else if let numbers = value as? [Double] {
        byteCount += numbers.count * 8
      } else {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .class,
          !seen.insert(ObjectIdentifier(value as AnyObject)).inserted
        {
          return
        }
        for child in mirror.children { add(child.value) }
      }
    }
  }

  /// After each step a lane holds what it counts; the numbers of a method's settings are no part of
  /// it.
  @Test(arguments: CacheRuleTests.names, RuleModel.allCases)
  func whatIsHeldIsCounted(_ name: String, _ model: RuleModel) throws {
    let rules = CacheRuleTests()
    var run = try rules.run(model, rules.method(name, for: model))
    var (counted, held) = (0, 0)
    while try run.next() != nil {
      let state = try #require(child("cache", of: run) as? CacheState)
      counted = max(counted, state.lanes.reduce(0) { $0 + $1.byteCount })
      var memory = Held()
      for lane in state.lanes {
        for part in ["entries", "gates", "observed"] {
          memory.add(try #require(child(part, of: lane)))
        }
      }
      held = max(held, memory.byteCount)
    }
    let settings = 512.0
    #expect(Double(held) <= 1.05 * Double(counted) + settings)
    #expect(Double(counted) <= 1.05 * Double(held))
  }

  private func child(_ name: String, of value: Any) -> Any? {
    Mirror(reflecting: value).children.first { $0.label == name }?.value
  }
}
