package io.gru4j.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * A Spark cluster of two workers of one core whose hosts have different names: a copy of a slow
 * task starts on another host only, and {@code local-cluster} has but one.
 */
final class TwoHosts implements AutoCloseable {
  private final List<RpcEnv> all = new ArrayList<>(); // the master first

  TwoHosts(Path folder) {
    SparkConf conf = new SparkConf().set("spark.master.rest.enabled", "false");
    all.add(Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1());
    for (int i = 1; i <= 2; i++) {
      all.add(
          Worker.startRpcEnvAndEndpoint(
              "127.0.0." + i,
              0,
              0,
              1,
              1024,
              new String[] {url()},
              folder.resolve("worker" + i).toString(),
              Option.apply((Object) i),
              conf,
              Option.empty()));
    }
  }

  /** The master's address, for {@link SparkCluster#start}. */
  String url() {
    return "spark://" + all.getFirst().address().hostPort();
  }

  @Override
  public void close() {
    for (RpcEnv each : all.reversed()) {
      each.shutdown();
      each.awaitTermination();
    }
  }
}
