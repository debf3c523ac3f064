import Tensor
import Testing

/// Distributions, against a million draws of NumPy's.
@Suite struct NumPyRandomTests {
  let numpy: NumPyResults

  init() throws { numpy = try NumPyResults() }

  static let count = 40_000

  static let distributions: [(name: String, distribution: Distribution)] = [
    ("exponential", .exponential(scale: 2)), ("laplace", .laplace(location: 1, scale: 2)),
    ("logistic", .logistic(location: -1, scale: 2)), ("gumbel", .gumbel(location: 1, scale: 0.5)),
    ("cauchy", .cauchy()), ("rayleigh", .rayleigh(scale: 2)), ("weibull", .weibull(shape: 1.5)),
    ("pareto", .pareto(shape: 3)), ("power", .power(shape: 2.5)),
    ("triangular", .triangular(lower: -1, mode: 0, upper: 3)),
    ("geometric", .geometric(probability: 0.3)),
    ("lognormal", .logNormal(mean: 0.5, standardDeviation: 0.7)),
    ("gamma", .gamma(shape: 2.5, scale: 1.5)), ("gamma_small", .gamma(shape: 0.2)),
    ("beta", .beta(a: 2, b: 0.7)), ("beta_small", .beta(a: 0.1, b: 0.2)),
    ("chisquare", .chiSquare(degrees: 3)),
    ("noncentral_chisquare", .chiSquare(degrees: 3, noncentrality: 2)),
    ("noncentral_chisquare_small", .chiSquare(degrees: 0.5, noncentrality: 2)),
    ("standard_t", .studentT(degrees: 4)), ("f", .fisher(degrees: 3, denominatorDegrees: 7)),
    ("noncentral_f", .fisher(degrees: 3, denominatorDegrees: 7, noncentrality: 2)),
    ("wald", .inverseGaussian(mean: 2, scale: 3)),
    ("vonmises", .vonMises(mean: 2.5, concentration: 1.5)),
    ("vonmises_0", .vonMises(concentration: 0)), ("poisson", .poisson(mean: 3.5)),
    ("poisson_large", .poisson(mean: 40.3)), ("binomial", .binomial(trials: 20, probability: 0.2)),
    ("binomial_large", .binomial(trials: 200, probability: 0.7)),
    ("negative_binomial", .negativeBinomial(successes: 2.5, probability: 0.3)),
    ("hypergeometric", .hypergeometric(good: 12, bad: 8, taken: 7)),
    ("hypergeometric_most", .hypergeometric(good: 12, bad: 8, taken: 17)),
    ("zipf", .zipf(exponent: 2.2)), ("logseries", .logarithmic(probability: 0.8)),
  ]

  /// As large a part of the draws is at most each number as of NumPy's.
  func expectDistribution(
    _ draws: Tensor<Float>, _ name: String, location: SourceLocation = #_sourceLocation
  ) throws {
    let golden = try numpy["draw.\(name)"]
    let wide = draws.wide
    for (point, expected) in zip(golden[0].elements, golden[1].elements) {
      let part = (wide .<= point).countTrue / Double(draws.count)
      #expect(
        (part - expected).magnitude < 0.012, "\(name): \(part) are up to \(point), not \(expected)",
        sourceLocation: location)
    }
  }

  @Test(arguments: distributions.indices) func drawsAreDistributed(_ index: Int) throws {
    let (name, distribution) = Self.distributions[index]
    var generator = PhiloxGenerator(seed: UInt64(100 + index))
    try expectDistribution(generator.draw(distribution, [Self.count]), name)
  }

  @Test func otherDraws() throws {
    var generator = PhiloxGenerator(seed: 9)
    let n = Self.count
    try expectDistribution(
      generator.bernoulli([n], probability: 0.3).converted(to: Float.self), "bernoulli")
    try expectDistribution(
      generator.integers([n], in: -3..<5).converted(to: Float.self), "integers")
    try expectDistribution(generator.normal([n], mean: 1, standardDeviation: 2), "normal")
    try expectDistribution(generator.uniform([n], in: -1..<3), "uniform")
    #expect(generator.bernoulli([2, 0], probability: 0.5).shape == [2, 0])
    #expect(!generator.bernoulli([99], probability: 0).any())
    #expect(generator.bernoulli([9, 11], probability: 1).all())
  }

  @Test func vectors() throws {
    var generator = PhiloxGenerator(seed: 10)
    let counts = generator.multinomial(
      Self.count, trials: 30, probabilities: [0.4, 1, 0.6])
    #expect((counts.sum(axis: 1) .== 30).all())
    try expectDistribution(counts[.all, 1].converted(to: Float.self), "multinomial")
    let parts = generator.dirichlet(Self.count, concentrations: [0.5, 2, 1])
    #expect(parts.sum(axis: 1).allClose(to: 1))
    try expectDistribution(parts[.all, 0], "dirichlet")
    let normal = try generator.normal(
      Self.count, mean: [1, -1], covariance: [[2, 0.8], [0.8, 1]])
    try expectDistribution(normal.sum(axis: 1), "multivariate_normal")
    #expect(throws: LinearAlgebraError.self) {
      try generator.normal(1, mean: [0, 0], covariance: [[1, 2], [2, 1]])
    }
    #expect(
      generator.multinomial(2, trials: 3, probabilities: [0, 1, 0]) == [[0, 3, 0], [0, 3, 0]])
    #expect(generator.multinomial(1, trials: 3, probabilities: [1e20, 0, 1]).sum() == 3)
    #expect(generator.dirichlet(0, concentrations: [1, 2]).shape == [0, 2])
  }

  /// What has one result only, and parameters at the ends of their ranges.
  @Test func edges() {
    var generator = TorchGenerator(seed: 3)
    let results: [(Distribution, Float)] = [
      (.poisson(mean: 0), 0), (.binomial(trials: 0, probability: 0.5), 0),
      (.binomial(trials: 1000, probability: 1), 1000), (.binomial(trials: 9, probability: 0), 0),
      (.negativeBinomial(successes: 2, probability: 1), 0), (.geometric(probability: 1), 1),
      (.hypergeometric(good: 3, bad: 4, taken: 7), 3),
      (.hypergeometric(good: 0, bad: 4, taken: 2), 0), (.gamma(shape: 2, scale: 0), 0),
      (.logNormal(mean: 0, standardDeviation: 0), 1),
    ]
    for (distribution, result) in results {
      #expect(generator.draw(distribution, [50]) == Tensor(repeating: result, shape: [50]))
    }
    for distribution: Distribution in [
      .poisson(mean: 1e15), .zipf(exponent: 1 + 1e-12), .vonMises(concentration: 1e9),
      .beta(a: 1e-3, b: 1e-3), .chiSquare(degrees: 1e-3, noncentrality: 0.1),
      .binomial(trials: .max, probability: 0.5), .inverseGaussian(mean: 1e9, scale: 1e-9),
      .logarithmic(probability: 1 - 0x1p-53), .logarithmic(probability: 1e-300),
      .negativeBinomial(successes: 1, probability: 1e-300),
    ] {
      #expect(!generator.draw(distribution, [200]).isNaN().any(), "\(distribution)")
    }
  }

  @Test func refusesParameters() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = PhiloxGenerator(seed: 1)
      _ = generator.draw(.gamma(shape: .infinity), [3])
    }
    let message = PreconditionTests.message(result)
    #expect(message.contains("draw: the parameters of gamma(shape: inf, scale: 1.0) are out of"))
    #expect(message.contains("NumPyRandomTests.swift:"))
  }
}

extension Tensor<Bool> {
  /// How many are true.
  fileprivate var countTrue: Double { Double(count(axes: nil).item) }
}
