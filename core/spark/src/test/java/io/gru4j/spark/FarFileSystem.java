package io.gru4j.spark;

import java.net.URI;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The files of this machine as those of a file system that is not its own, as {@code far:/a/b}. */
public final class FarFileSystem extends RawLocalFileSystem {
  @Override
  public URI getUri() {
    return URI.create("far:///");
  }

  @Override
  public String getScheme() {
    return "far";
  }
}
