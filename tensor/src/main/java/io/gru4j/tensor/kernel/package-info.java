/**
 * The SIMD boundary: every hot loop of the project, once in plain Java and once on the Vector API.
 *
 * <p>Start with {@link io.gru4j.tensor.kernel.Kernels}: it holds the three interfaces that define
 * each loop, {@link io.gru4j.tensor.kernel.ProductKernels}, {@link
 * io.gru4j.tensor.kernel.RowKernels} and {@link io.gru4j.tensor.kernel.ElementKernels}. Classes
 * that begin with {@code Scalar} implement them as plain loops, those that begin with {@code
 * Vector} on the Vector API. The definitions are so exact that the two agree bit for bit at every
 * SIMD width:
 *
 * <ul>
 *   <li>a multiply-add is fused in both, by the processor's instruction or, in scalar kernels where
 *       the JVM has none, by software ({@link io.gru4j.tensor.kernel.FusedMultiplyAdd});
 *   <li>a sum over an index that is not a SIMD lane is one chain, in ascending order;
 *   <li>a sum across lanes is kept on 16 virtual lanes and folded by the fixed tree of {@link
 *       io.gru4j.tensor.kernel.ScalarMath#foldLanes};
 *   <li>exp, tanh and sigmoid are our own polynomials ({@link io.gru4j.tensor.kernel.ScalarMath},
 *       {@link io.gru4j.tensor.kernel.VectorElements}), the same operations in the same order.
 * </ul>
 *
 * <p>Arrays are flat {@code float[]} with an offset and, where rows are not adjacent, a stride in
 * floats. Callers check the shapes and start the threads. A call allocates nothing, except that the
 * first call of some kernels on a thread makes a small buffer, which the thread keeps. All methods
 * are thread-safe as long as their outputs do not overlap. The library names {@code
 * jdk.incubator.vector} in this package only.
 *
 * <p>What belongs here: a loop that costs time, and for which plain Java and vectors differ. It is
 * defined in an interface, has a plain loop and a test against loops in double precision.
 *
 * <h2>Tiles</h2>
 *
 * <p>A register tile is a part of the result that stays in registers while the sum runs. Which one
 * suits depends on the lanes of a vector and on the number of vector registers. Each tile is
 * written out, because Java keeps vectors in registers only as local variables; the classes that
 * end in {@code Tiles} or {@code Loops} are written by {@code TileGenerator}, in the tests, and
 * hold nothing else. The classes beside them choose the tile, and say what takes the rests.
 *
 * <table>
 *   <caption>The largest tile of each kind</caption>
 *   <tr>
 *     <th>lanes, registers</th>
 *     <th>product, rows x vectors</th>
 *     <th>block</th>
 *     <th>few k</th>
 *     <th>lanes, rows x inputs</th>
 *     <th>processors</th>
 *   </tr>
 *   <tr>
 *     <td>16, 32</td>
 *     <td>12 x 2: 24 sums, 2 of b, 1 of a</td>
 *     <td>12 x 2, not packed</td>
 *     <td>8 at a time, up to 24</td>
 *     <td>4 x 4: 16 sums, 8 of y, 1 of w</td>
 *     <td>x86 with AVX-512</td>
 *   </tr>
 *   <tr>
 *     <td>8, 16</td>
 *     <td>6 x 2: 12 sums, 2 of b, 1 of a; fences keep it at these 15</td>
 *     <td>packed</td>
 *     <td>up to 4</td>
 *     <td>6 x 2: 12 sums, 2 of w, 1 of y; fences</td>
 *     <td>x86 with AVX2</td>
 *   </tr>
 *   <tr>
 *     <td>4, 16</td>
 *     <td>4 x 2: 8 sums, 2 of b, up to 4 of a</td>
 *     <td>packed</td>
 *     <td>up to 4</td>
 *     <td>2 x 4: 8 sums, 4 of y, 1 of w</td>
 *     <td>x86 with vectors of 128 bits</td>
 *   </tr>
 *   <tr>
 *     <td>4 or 8, 32</td>
 *     <td>4 x 4: 16 sums, 4 of b, 1 of a; 12 x 2 for what fills no four vectors</td>
 *     <td>packed</td>
 *     <td>up to 4</td>
 *     <td>4 x 4: 16 sums, 8 of y, 1 of w</td>
 *     <td>64-bit Arm, with NEON or with SVE of 256 bits</td>
 *   </tr>
 * </table>
 *
 * <p>The rows for x86 are measured. <strong>The speed of the last one is reasoned, not
 * measured</strong>; its bits are tested. On Arm 4 x 2 would give 8 independent sums to cores that
 * have up to four units with a latency of 4, and a broadcast for every second multiply-add; 4 x 4
 * gives 16, and one for every fourth. Its small number of k is that of 16 registers: by 8 a row
 * would cost as many loads and stores as the tile, and more broadcasts. The fences of 6 x 2 are
 * instructions there. {@link io.gru4j.tensor.kernel.VectorRegisters} chooses by the architecture;
 * the system property {@code gru4j.vectorRegisters=16|32} forces a row.
 */
package io.gru4j.tensor.kernel;
