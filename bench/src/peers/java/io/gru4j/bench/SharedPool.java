package io.gru4j.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Lets OpenBLAS use the OpenMP threads that torch uses. Otherwise it has threads of its own, and
 * both kinds spin for work on the same cores.
 *
 * <p>OpenBLAS offers {@code openblas_set_threads_callback_function} for this. The callback is Java:
 * it opens a parallel region of libgomp, in which each thread does the job of its number.
 */
@SuppressWarnings({"restricted", "unused"}) // called by native code
final class SharedPool {

  private static final MethodHandle PARALLEL; // GOMP_parallel
  private static final MethodHandle NUMBER; // omp_get_thread_num
  private static final MethodHandle DO_JOB =
      Linker.nativeLinker()
          .downcallHandle(FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, JAVA_INT)); // OpenBLAS's
  private static final MemorySegment REGION;

  // What the threads of the region work on. OpenBLAS is called by one thread.
  private static volatile MemorySegment job;
  private static volatile long jobs;
  private static volatile long jobSize;
  private static volatile int jobData;

  static {
    Loader.load(torch.class);
    Linker linker = Linker.nativeLinker();
    SymbolLookup libraries = SymbolLookup.loaderLookup();
    PARALLEL =
        linker.downcallHandle(
            libraries.findOrThrow("GOMP_parallel"),
            FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
    NUMBER =
        linker.downcallHandle(
            libraries.findOrThrow("omp_get_thread_num"), FunctionDescriptor.of(JAVA_INT));
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REGION =
          linker.upcallStub(
              lookup.findStatic(
                  SharedPool.class,
                  "region",
                  MethodType.methodType(void.class, MemorySegment.class)),
              FunctionDescriptor.ofVoid(ADDRESS),
              Arena.global());
      FunctionDescriptor callback =
          FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT);
      MemorySegment stub =
          linker.upcallStub(
              lookup.findStatic(SharedPool.class, "run", callback.toMethodType()),
              callback,
              Arena.global());
      linker
          .downcallHandle(
              libraries.findOrThrow("openblas_set_threads_callback_function"),
              FunctionDescriptor.ofVoid(ADDRESS))
          .invokeExact(stub);
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private SharedPool() {}

  /** Sets the callback; it cannot be removed again. */
  static void install() {
    // The class initialiser does it, once.
  }

  /** OpenBLAS's callback: does every job, each on a thread of its own, and waits for all. */
  private static void run(
      int sync, MemorySegment doJob, int number, long size, MemorySegment data, int more) {
    job = doJob;
    jobs = data.address();
    jobSize = size;
    jobData = more;
    try {
      PARALLEL.invokeExact(REGION, MemorySegment.NULL, number, 0);
    } catch (Throwable e) {
      throw new AssertionError(e); // ends the JVM, as every exception thrown into native code does
    }
  }

  private static void region(MemorySegment none) {
    try {
      int i = (int) NUMBER.invokeExact();
      DO_JOB.invokeExact(job, i, MemorySegment.ofAddress(jobs + i * jobSize), jobData);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
