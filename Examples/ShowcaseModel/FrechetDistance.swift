package import Kernels
package import Tensor
extension Judge {
  package func frechetDistance(_ images: Tensor<Float>, in workspace: Workspace) -> Double? { nil }
}
