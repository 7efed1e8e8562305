/**
 * gru4j on Apache Spark: Spark schedules, tries again and moves data, gru4j does the arithmetic,
 * with its promise that the same input gives the same bits on any number of executors.
 *
 * <p>Start with {@link io.gru4j.spark.SparkRecommender}, {@link io.gru4j.spark.SparkSessions} and
 * {@link io.gru4j.spark.SparkTrainer}; {@link io.gru4j.spark.Main} is the command line. All take
 * data frames of clicks, one a row, read as {@link io.gru4j.spark.FrameFormat} says.
 *
 * <p>Threading: what a driver calls is for one thread at a time; what runs in tasks shares one
 * model in each JVM. It is no Java module, as Spark is on the class path.
 */
package io.gru4j.spark;
