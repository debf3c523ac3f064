@testable import DiT
import Testing

/// Where a file of settings is at fault.
@Suite struct JSONFaultTests {
  /// Of many numbers that a key may not take, the one at fault is found in a few decodings: a
  /// damaged tokenizer has tens of thousands.
  @Test(arguments: [0, 1, 4_999, 9_999])
  func findsOneNumberOfMany(_ place: Int) {
    var scores = Array(repeating: "-1.25", count: 10_000)
    scores[place] = "1e999"
    let text = "{\"model\": {\"vocab\": [\(scores.joined(separator: ", "))]}, \"unk_id\": 300}"
    var decodings = 0
    let fault = JSONFault(in: Array(text.utf8), allowsJSON5: false) { changed in
      decodings += 1
      return !String(decoding: changed, as: UTF8.self).contains("1e999")
    }
    #expect(fault.description.hasPrefix("'model.vocab' is 1e999, which is not a number"))
    #expect(decodings < 20)
  }

  @Test func namesNoNumberWhereNoneIsAtFault() {
    var decodings = 0
    let fault = JSONFault(in: Array("{\"a\": [0.5, 1e3, 7]}".utf8), allowsJSON5: false) { _ in
      decodings += 1
      return false
    }
    #expect(fault.description == "it is not valid JSON" && decodings < 4)
  }
}
