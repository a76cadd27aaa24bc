import CMalloc

/// What becomes of memory that was given back to the allocator.
public enum FreedMemory {
  /// Keeps some of it in the process.
  ///
  /// Batches, partitions and tables that grow come and go by the hundred kilobytes. By default the C library gives such
  /// pieces back to the system, which clears every page of the next one again: a tenth of the time of a large
  /// `aggregate`. Larger pieces are still given back: kept ones would add to the peak.
  public static func keep() {
    mallopt(M_MMAP_THRESHOLD, 2 << 20)
    mallopt(M_TRIM_THRESHOLD, 32 << 20)
  }
}
