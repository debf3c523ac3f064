import Kernels
import Tensor
import _KernelsActive
import _KernelsMicro
func rnd(_ shape: [Int]) -> Tensor<Float> { var s: UInt32 = 1; return Tensor((0..<shape.reduce(1,*)).map { _ in s = s &* 1664525 &+ 1013904223; return Float(s >> 8) / 8388608 - 1 }, shape: shape) }
let clock = ContinuousClock()
func best(_ n: Int, _ f: () -> Void) -> Double { var b = 1e9; for _ in 0..<n { let d = clock.measure(f) / .seconds(1); b = min(b, d) }; return b }
@main struct M { static func main() throws {
for table in KernelTable.supported {
  try KernelTable.select(table.name)
  for (m,n,k) in [(1280,576,192),(1280,192,192),(1280,768,192),(1280,192,768),(512,1152,1152),(512,3456,1152),(512,4608,1152),(512,1152,4608)] {
    if table.name == "baseline" && m == 512 && n > 1152 { continue }
    let x = rnd([m,k]), w = rnd([n,k]); let p = PackedMatrix(w); let o = Operand(x)
    var line = "\(table.name) \(m)x\(n)x\(k):"
    for t in [1,2] {
      let ws = Workspace(threads: t)
      let s = best(8) { _ = linear(o, p, in: ws) }
      line += " t\(t) \(Int(2*Double(m)*Double(n)*Double(k)/s/1e9))"
    }
    let ws = Workspace(threads: 2)
    let y = linear(o, p, in: ws).elements, xe = x.elements, we = w.elements
    var err = 0.0
    for (i,j) in [(0,0),(m-1,n-1),(m/2,n/3),(7,n-5)] { var s = 0.0; for q in 0..<k { s += Double(xe[i*k+q])*Double(we[j*k+q]) }; err = max(err, abs(s-Double(y[i*n+j]))) }
    print(line, "err", err)
  }
  for (b,t,h,d) in [(20,64,3,64),(2,256,16,72),(2,1024,16,72)] {
    let q = rnd([b,t,3,h,d])
    func part(_ i: Int) -> Tensor<Float> { q.permuted([2,0,1,3,4]).reshaped([3,b,t,h,d]) }
    let qq = rnd([b,t,h,d])
    var line = "\(table.name) attention \(b)x\(t)x\(h)x\(d):"
    for th in [1,2] { let ws = Workspace(threads: th); let s = best(5) { _ = attention(query: qq, key: qq, value: qq, in: ws) }; line += " t\(th) \(Int(4*Double(b*t*t*h*d)/s/1e9))" }
    print(line)
  }
  do { let x = rnd([20,64,768]); let ws = Workspace(threads: 1); let s = best(20) { _ = activate(.geluTanh, x, in: ws) }; print("gelu ns/elem", s/Double(x.count)*1e9)
   let x2 = rnd([20,64,192]); let m = rnd([20,192]); let s2 = best(20) { _ = layerNorm(x2, shift: m, scale: m, epsilon: 1e-6, in: ws) }; print("ln ns/elem", s2/Double(x2.count)*1e9)
   let sm = rnd([1000,256]); let s3 = best(20) { _ = softmax(sm, in: ws) }; print("softmax ns/elem", s3/Double(sm.count)*1e9) }
}
}}
