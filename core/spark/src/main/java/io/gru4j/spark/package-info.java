/** Sessions, recommendations and training on Apache Spark. */
package io.gru4j.spark;
