import Testing
import _ExampleCommandLine

@Suite struct CacheSpecificationTests {
  @Test func readsNamesAndParameters() throws {
    let plain = try #require(CacheSpecification("delta-dit"))
    #expect(plain.name == "delta-dit" && plain.parameters.isEmpty)
    let text = "delta-cache:range=8-27,n=2,mode=front:x=y"
    let full = try #require(CacheSpecification(text))
    #expect(full.name == "delta-cache")
    #expect(full.parameters == ["range": "8-27", "n": "2", "mode": "front:x=y"])
    #expect(full.description == text)
  }

  @Test(arguments: ["", ":n=2", "a:", "a:n", "a:n=", "a:=2", "a:n=2,", "a:n=2,n=3", "a b", "ä:n=1"])
  func refusesOtherForms(_ text: String) {
    #expect(CacheSpecification(text) == nil)
  }

  @Test func convertsValues() throws {
    let cache = try #require(CacheSpecification("c:n=2,range=8-27,one=5,t=0.08,kind=rear"))
    #expect(try cache.value("n", as: .integer(1...)) == 2)
    #expect(try cache.value("range", as: .range(within: 0...27)) == 8...27)
    #expect(try cache.value("one", as: .range(within: 0...27)) == 5...5)
    #expect(try cache.value("t", as: .number(0...1)) == 0.08)
    #expect(try cache.value("kind", as: .choice(["front", "rear"])) == "rear")
    #expect(try cache.value("missing", as: .integer(1...)) == nil)
  }

  @Test(arguments: ["8-28", "9-8", "-1-3", "8-", "-", "a-b", "1-2-3", ""])
  func refusesRanges(_ text: String) {
    #expect(ValueParser.range(within: 0...27).parse(text) == nil)
  }

  @Test func namesWhatIsAllowed() throws {
    let cache = try #require(CacheSpecification("delta-cache:n=0,range=8-40,m=1"))
    #expect(
      message { try cache.value("n", as: .integer(1...)) }
        == "--cache delta-cache: n must be an integer of at least 1, not '0'")
    #expect(
      message { try cache.value("range", as: .range(within: 0...27)) }
        == "--cache delta-cache: range must be a range LOW-HIGH within 0-27, not '8-40'")
    #expect(
      message { try cache.requireKeys(["n", "range"]) }
        == "--cache delta-cache has no key 'm' (allowed: n, range)")
    #expect(
      message { try cache.requireKeys([]) }
        == "--cache delta-cache has no key 'm'; it takes none")
    #expect(
      message { throw cache.unknownName(allowed: ["none", "delta-dit"]) }
        == "--cache must be one of none, delta-dit, not 'delta-cache'")
    try cache.requireKeys(["m", "n", "range"])
  }
}

/// The message of the error that `body` throws.
private func message<Result>(_ body: () throws -> Result) -> String? {
  do {
    _ = try body()
    return nil
  } catch { return "\(error)" }
}
