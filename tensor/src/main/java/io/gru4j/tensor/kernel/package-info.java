/**
 * The SIMD boundary: every hot loop of the project, once in plain Java and once on the Vector API.
 *
 * <p>Start with {@link io.gru4j.tensor.kernel.Kernels}: it defines each loop, element by element,
 * so exactly that {@link io.gru4j.tensor.kernel.ScalarKernels} and {@link
 * io.gru4j.tensor.kernel.VectorKernels} agree bit for bit at every SIMD width:
 *
 * <ul>
 *   <li>a multiply-add is fused in both, by the processor's instruction or, in scalar kernels where
 *       the JVM has none, by software ({@link io.gru4j.tensor.kernel.FusedMultiplyAdd});
 *   <li>a sum over an index that is not a SIMD lane is one chain, in ascending order;
 *   <li>a sum across lanes is kept on 16 virtual lanes and folded by the fixed tree of {@link
 *       io.gru4j.tensor.kernel.ScalarMath#foldLanes};
 *   <li>exp, tanh and sigmoid are our own polynomials ({@link io.gru4j.tensor.kernel.ScalarMath},
 *       {@link io.gru4j.tensor.kernel.VectorMath}), the same operations in the same order.
 * </ul>
 *
 * <p>Arrays are flat {@code float[]} with an offset and, where rows are not adjacent, a stride in
 * floats. Callers check the shapes and start the threads. A call allocates nothing, except that the
 * first call of some kernels on a thread makes a small buffer, which the thread keeps. All methods
 * are thread-safe as long as their outputs do not overlap. The library names {@code
 * jdk.incubator.vector} in this package only.
 */
package io.gru4j.tensor.kernel;
