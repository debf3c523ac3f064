import Kernels
import ShowcaseModel
import Tensor
import Testing
import _TestSupport

@Suite struct JudgeTests {
  @Test func agreesWithPyTorch() throws {
    let file = try Fixtures.open("judge")
    let judge = try Judge(folder: Fixtures.repository + "/Examples/ShowcaseModel/fashion-judge")
    let workspace = Workspace(threads: 2)
    let images = try file["images"].permuted([0, 2, 3, 1])
    let logits = judge(images, in: workspace)
    #expect(relativeError(logits.elements, try file["logits"].elements) < 1e-4)
    let labels = try file["logits"].argmax(axis: 1).elements.map(Int.init)
    #expect(judge.accuracy(images, labels: labels, in: workspace) == 1)
    #expect(judge.accuracy(images, labels: labels.map { ($0 + 1) % 10 }, in: workspace) == 0)
  }

  @Test func findsTheShippedModels() throws {
    for model in ShowcaseModel.allCases {
      #expect(try SafetensorsFile(path: model.folder() + "/model.safetensors").names.count > 0)
    }
  }
}
