/**
 * The base of all layers: float matrices, their product, worker threads, random numbers, and the
 * name of the kernels in use.
 *
 * <p>Start with {@link io.gru4j.tensor.Matrix}. Values are {@code float}. A sum that could lose
 * digits over its length, such as a loss or a norm, is accumulated in {@code double} by the code
 * that needs it. What an item or a session is, this module need not know: an item is a number, a
 * session is a row.
 *
 * <h2>Words</h2>
 *
 * <p>Each has one meaning in all packages. Of the data:
 *
 * <dl>
 *   <dt>item
 *   <dd>a number from 0 to N - 1: a row of the embedding table. Its id, a string, is only in files
 *       and in what users see
 *   <dt>class
 *   <dd>an output of the output layer: the item of the same number
 *   <dt>target
 *   <dd>the class that is right for a row: the item clicked next
 *   <dt>row
 *   <dd>a row of a matrix: one session at one time; the M rows of a chunk are packed by time
 *   <dt>distinct row
 *   <dd>one of the U or D rows that differ; equal ones are computed once
 *   <dt>batch
 *   <dd>sessions that are trained side by side
 *   <dt>track
 *   <dd>a row of the hidden states that sessions have one after another: when one ends, the next
 *       begins in its track
 *   <dt>time step
 *   <dd>one item of each session of a batch; always both words
 *   <dt>chunk
 *   <dd>the time steps of a batch that are trained at once; gradients flow through them and no
 *       further
 *   <dt>step
 *   <dd>one update of all parameters by the optimizer, from the gradient of one chunk
 * </dl>
 *
 * <p>Of the work and its layout in memory:
 *
 * <dl>
 *   <dt>panel
 *   <dd>32 outputs (classes, gates, hidden units) side by side in memory, {@code [k][32]}; the last
 *       one is filled up
 *   <dt>quad
 *   <dd>4 rows or 4 columns that are packed side by side for a product
 *   <dt>lane
 *   <dd>one of the numbers side by side in a vector register or a panel; a sum across lanes is kept
 *       on 16 virtual ones
 *   <dt>tile
 *   <dd>up to 32 neighbouring panels of classes, whose logits stay in cache; a <em>register
 *       tile</em>, always with both words, is what a kernel keeps in registers
 *   <dt>slot
 *   <dd>neighbouring tiles that one task takes, with a sum of its own; at most 16
 *   <dt>block
 *   <dd>neighbouring rows that are worked on together
 *   <dt>segment
 *   <dd>neighbouring values of a flat array that are updated or summed together
 *   <dt>group
 *   <dd>classes of which at first only the best counts, when the best of all are looked for
 *   <dt>place
 *   <dd>where a row of a sparse gradient, or an item's gates, are among those that exist
 *   <dt>task
 *   <dd>what one thread does without a pause: a block, a slot, a segment or a panel
 *   <dt>scratch
 *   <dd>a buffer of one thread, whose content ends with the task
 * </dl>
 *
 * <p>In a product {@code C = A B} over k, one multiply-add of a register tile is called <em>one
 * k</em>.
 */
package io.gru4j.tensor;
