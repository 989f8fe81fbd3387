/**
 * A parquet file of 337 bytes: 2,000 rows {question, answer}, which share a question of 1 MiB in a dictionary. Written by hand,
 * since a writer would want the 2 GB first.
 */
export const PARQUET_BOMB: Uint8Array = Buffer.from(
  [
    "UEFSMRUEFYiAgAEVekwVAhUAAAAotS/9gEgEABAAbAAAKAAAEABhAQD4/znQAgIAEGECABBhAgAQYQIAEGECABBhAgAQYQIAEGEh",
    "AABhYWFhFQAVCBUaLBWgHxUQFQYVBgAAKLUv/SAEIQAAAaAfABUEFSgVOkwVAhUAAAAotS/9IBShAAAQAAAAPDwxKjI9Mj4+CiMj",
    "IyMgMhUAFQgVGiwVoB8VEBUGFQYAACi1L/0gBCEAAAGgHwAVBBk8SAZzY2hlbWEVBAAVDCUAGAhxdWVzdGlvbiUAABUMJQAYBmFu",
    "c3dlciUAABagHxkcGSwmABwVDBk1AAYQGRgIcXVlc3Rpb24VDBagHxbIgYABFtgBJqIBJggAACYAHBUMGTUABhAZGAZhbnN3ZXIV",
    "DBagHxboARaSASa0AibgAQAAFuoCFqAfACgBeACQAAAAUEFSMQ==",
  ].join(""),
  "base64",
);
