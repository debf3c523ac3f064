public import Tensor

/// A layer or a model: a value with named parameters.
///
/// A model is a structure of layers. Its parameters are found automatically: those of each stored
/// property that is a layer, a list of layers or a tensor, under the property's name.
///
/// ```swift
/// struct Classifier: Layer {
///   let fc1, fc2: Linear
///
///   init(from weights: Weights) throws {
///     fc1 = try Linear(784, 128, from: weights["fc1"])
///     fc2 = try Linear(128, 10, from: weights["fc2"])
///   }
///
///   func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { fc2(fc1(x, activation: .relu)) }
/// }
///
/// let model = try Classifier(from: Weights(Checkpoint(path: "classifier.safetensors")))
/// print(model.parameters.map(\.name))  // ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
/// try model.save(to: "copy.safetensors")
/// ```
///
/// A model whose checkpoint has other names than its properties says so in `parameters`.
public protocol Layer: Sendable {
  /// The parameters, in the order of the properties, each with its name below this layer.
  var parameters: [Parameter] { get }
}

extension Layer {
  /// The parameters of all stored properties that are layers, lists of layers, or tensors.
  public var parameters: [Parameter] {
    Mirror(reflecting: self).children.flatMap { property in
      property.label.map { parametersOf(property.value, below: $0) } ?? []
    }
  }

  /// The parameters with `name` and a dot before their names.
  public func parameters(below name: String) -> [Parameter] {
    parameters.map { $0.below(name) }
  }

  /// The number of elements of all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Writes all parameters to a safetensors file, and replaces one of the same name.
  ///
  /// The weights of a layer that multiplies bfloat16 are rounded, and are written as they are.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - metadata: Texts to go with them.
  /// - Throws: `SafetensorsError`; an old file is then unchanged.
  public func save(to path: String, metadata: [String: String] = [:]) throws {
    let tensors = parameters.map { parameter in
      DeferredTensor(parameter.name, scalarType: .float, shape: parameter.shape) {
        AnyTensor(parameter.tensor)
      }
    }
    try Safetensors.write(tensors, metadata: metadata, to: path)
  }
}

/// The parameters in the value of a property.
private func parametersOf(_ value: Any, below name: String) -> [Parameter] {
  switch value {
  case let tensor as Tensor<Float>: [Parameter(name, tensor)]
  case let layer as any Layer: layer.parameters(below: name)
  case let list as [any Layer]:
    list.enumerated().flatMap { $0.element.parameters(below: "\(name).\($0.offset)") }
  default: []
  }
}

/// A tensor of a layer, and its name.
public struct Parameter: Sendable {
  /// The name below the layer that lists it.
  public let name: String
  /// The number of elements in each dimension.
  public let shape: [Int]
  private let read: @Sendable () -> Tensor<Float>

  /// A parameter that a layer keeps as a tensor.
  public init(_ name: String, _ tensor: Tensor<Float>) {
    self.init(name, shape: tensor.shape) { tensor }
  }

  /// A parameter that a layer keeps in another form, such as packed weights.
  ///
  /// - Parameters:
  ///   - name: The name below the layer.
  ///   - shape: The number of elements in each dimension.
  ///   - read: Returns the tensor, of that shape.
  public init(_ name: String, shape: [Int], read: @escaping @Sendable () -> Tensor<Float>) {
    (self.name, self.shape, self.read) = (name, shape, read)
  }

  /// The numbers, as the layer computes with them.
  public var tensor: Tensor<Float> { read() }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The same parameter with `scope` and a dot before its name.
  public func below(_ scope: String) -> Parameter {
    Parameter("\(scope).\(name)", shape: shape, read: read)
  }
}

extension [Parameter] {
  /// The parameters of some tensors, without those that are nil.
  static func list(_ tensors: KeyValuePairs<String, Tensor<Float>?>) -> [Parameter] {
    tensors.compactMap { name, tensor in tensor.map { Parameter(name, $0) } }
  }
}
