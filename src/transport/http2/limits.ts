/**
 * What a peer may make this side keep or do, each bound with its reason. Crossing one ends the stream or the
 * connection with the error code named beside it.
 *
 * @module
 */

/**
 * Bytes of one header list as RFC 9113 §6.5.2 counts them; announced as SETTINGS_MAX_HEADER_LIST_SIZE. A gRPC
 * answer has some hundred bytes; 16 KiB leaves room for status details. Beyond: stream, ENHANCE_YOUR_CALM.
 */
export const MAX_HEADER_LIST_SIZE = 16_384;

/** Fields of one header list; a bomb of one-byte indexed fields costs little size. Stream, ENHANCE_YOUR_CALM. */
export const MAX_HEADER_FIELDS = 128;

/**
 * CONTINUATION frames after one HEADERS: with 16 KiB frames even one is unusual. Beyond it is the CONTINUATION
 * flood, CVE-2024-27316 and its kin. Connection, ENHANCE_YOUR_CALM.
 */
export const MAX_CONTINUATION_FRAMES = 8;

/**
 * Bytes of one encoded header block that are collected over CONTINUATION frames. Huffman coding makes no legal
 * list longer than 30/8 of its size. Connection, ENHANCE_YOUR_CALM.
 */
export const MAX_HEADER_BLOCK_SIZE = 65_536;

/** Settings in one SETTINGS frame; a dozen are defined. Connection, ENHANCE_YOUR_CALM. */
export const MAX_SETTINGS_PER_FRAME = 32;

/**
 * Bytes of the HPACK dynamic table, both ways: the protocol's default (RFC 9113 §6.5.2). A larger one offered by
 * the peer is not used, since every byte of it is memory and a gRPC client's fields fit.
 */
export const HPACK_TABLE_SIZE = 4_096;

/**
 * PING and SETTINGS acknowledgements that wait to be written: a peer that asks and does not read, CVE-2019-9512
 * and CVE-2019-9515. Connection, ENHANCE_YOUR_CALM.
 */
export const MAX_QUEUED_ACKS = 1_000;

/** DATA frames in a row that carry neither a byte nor END_STREAM, CVE-2019-9518. Connection, ENHANCE_YOUR_CALM. */
export const MAX_EMPTY_DATA_FRAMES = 100;

/** Bytes of content that pay for one DATA frame; a gRPC message of etcd has some thirty at least. */
export const MIN_DATA = 16;

/**
 * DATA frames without content beyond what the content of others pays for: frames of one byte are nine times as much
 * work as their content is worth. Connection, ENHANCE_YOUR_CALM.
 */
export const MAX_SMALL_DATA_FRAMES = 100_000;

/** DATA frames without content that are forgiven a response which ends in good order. */
export const EMPTY_FRAMES_PER_RESPONSE = 3;

/**
 * Frames on streams this side has reset that could not have been on their way when the reset arrived. DATA
 * within the window that was granted is not counted. Connection, ENHANCE_YOUR_CALM.
 */
export const MAX_BAD_FRAMES = 1_000;

/**
 * Frames that move no stream forward (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, GOAWAY, 1xx, unknown types, late RST)
 * within {@linkcode CONTROL_FRAME_PERIOD}, beyond those that {@linkcode CONTROL_FRAMES_PER_PROGRESS} allows.
 * Connection, ENHANCE_YOUR_CALM.
 */
export const MAX_CONTROL_FRAMES = 10_000;

/**
 * Control frames that each frame pays for that moves a stream: servers send up to four with one, to give back two
 * windows, to measure the line and to acknowledge. DATA of one byte now and then does not pay for a flood.
 */
export const CONTROL_FRAMES_PER_PROGRESS = 8;

/**
 * Bytes of our own DATA that move a stream; less of it, but at a stream's end, may be what a server's small windows
 * make of a large upload, a frame of one byte for each WINDOW_UPDATE.
 */
export const MIN_PROGRESS = 64;

/**
 * Bytes of a header block, or of a frame that is read for nothing, that count as one frame against the limits of
 * control and of bad frames: decoding that many costs as much as some fifty frames.
 */
export const BYTES_PER_FRAME = 512;

/** Milliseconds; control frames that come slower than {@linkcode MAX_CONTROL_FRAMES} in this time cost nothing. */
export const CONTROL_FRAME_PERIOD = 10_000;

/**
 * Reset streams that are remembered each by itself, oldest forgotten first. An entry is some hundred bytes.
 */
export const MAX_RESET_STREAMS = 1_000;

/**
 * Header sections that may still come on reset streams that are no longer remembered each: thousands of calls may be
 * given up within one round trip, and all be answered. What comes beyond counts as bad frames.
 */
export const MAX_FORGOTTEN_SECTIONS = 100_000;

/** The same for DATA: more than can be on its way. A frame counts as {@linkcode BYTES_PER_FRAME} at least. */
export const MAX_FORGOTTEN_BYTES = 67_108_864;

/** Largest frame payload accepted, the protocol's default and minimum (RFC 9113 §4.2): SETTINGS_MAX_FRAME_SIZE. */
export const MAX_FRAME_SIZE = 16_384;

/** Bytes of debug data of a GOAWAY that are kept; `too_many_pings` needs 14. */
export const MAX_DEBUG_DATA = 1_024;

/**
 * Bytes that a server may send on a stream before its reader has consumed any; announced as
 * SETTINGS_INITIAL_WINDOW_SIZE. Also what a paused reader costs.
 */
export const INITIAL_STREAM_WINDOW = 1_048_576;

/** Bytes that the window of a stream may grow to while its reader keeps up. */
export const MAX_STREAM_WINDOW = 8_388_608;

/**
 * Bytes of the connection's window. It is given back as bytes arrive, so it bounds what is on its way, not what
 * lies unread.
 */
export const CONNECTION_WINDOW = 16_777_216;
