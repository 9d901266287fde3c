import { createInflateRaw, crc32 } from 'node:zlib'
import { SheetRefusal } from './refusal.ts'
import type { SheetLimits } from './types.ts'

/**
 * Reads a zip that lies in memory (at most 30 MB packed), refusing from the central directory before anything is inflated.
 * hucre's own reader trusts the archive up to 2 GiB an entry, hence this one.
 */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

export interface Zip {
  readonly file: Buffer
  readonly entries: ReadonlyMap<string, ZipEntry>
}

// Below this the ratio says nothing: a small sheet of one repeated value legitimately packs a hundredfold.
const RATIO_FLOOR = 1024 * 1024
const SENTINEL = 0xffffffff
const damaged = (detail: string): SheetRefusal => new SheetRefusal('sheet.damaged', { detail })
const unsafe = (detail: string): SheetRefusal => new SheetRefusal('sheet.zip_unsafe', { detail })

export function openZip(file: Buffer, limits: SheetLimits): Zip {
  const { count, start, end } = findDirectory(file)
  if (count > limits.max_entries) throw new SheetRefusal('sheet.zip_bomb', { entries: count })
  const entries = new Map<string, ZipEntry>()
  let total = 0
  let at = start
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || file.readUInt32LE(at) !== 0x02014b50) throw damaged('压缩目录不完整')
    const { entry, next } = readEntry(file, at)
    at = next
    if (entry.name.endsWith('/')) continue
    if (entries.has(entry.name)) throw unsafe('文件名重复')
    total += entry.size
    if (total > limits.max_inflated_bytes) throw new SheetRefusal('sheet.zip_bomb', { bytes: total })
    if (entry.size > RATIO_FLOOR && entry.size / Math.max(1, entry.packed) > limits.max_ratio) {
      throw new SheetRefusal('sheet.zip_bomb', { ratio: Math.round(entry.size / Math.max(1, entry.packed)) })
    }
    entries.set(entry.name, entry)
  }
  refuseOverlap([...entries.values()], start)
  return { file, entries }
}

function findDirectory(file: Buffer): { count: number; start: number; end: number } {
  const lowest = Math.max(0, file.length - 22 - 65_535)
  let at = file.length - 22
  while (at >= lowest && file.readUInt32LE(at) !== 0x06054b50) at--
  if (at < lowest || at < 0) throw damaged('找不到压缩目录')
  let count = file.readUInt16LE(at + 10)
  let size = file.readUInt32LE(at + 12)
  let start = file.readUInt32LE(at + 16)
  // POI's streaming writer (EasyExcel) marks even small files as zip64.
  if (count === 0xffff || size === SENTINEL || start === SENTINEL) {
    const locator = at - 20
    if (locator < 0 || file.readUInt32LE(locator) !== 0x07064b50) throw damaged('压缩目录不完整')
    const big = uint64(file, locator + 8)
    if (big + 56 > file.length || file.readUInt32LE(big) !== 0x06064b50) throw damaged('压缩目录不完整')
    count = uint64(file, big + 32)
    size = uint64(file, big + 40)
    start = uint64(file, big + 48)
  }
  if (start + size > file.length) throw damaged('压缩目录不完整')
  return { count, start, end: start + size }
}

function uint64(file: Buffer, at: number): number {
  if (at + 8 > file.length) throw damaged('压缩目录不完整')
  const value = file.readBigUInt64LE(at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new SheetRefusal('sheet.zip_bomb', { bytes: value.toString() })
  return Number(value)
}

function readEntry(file: Buffer, at: number): { entry: ZipEntry; next: number } {
  const flags = file.readUInt16LE(at + 8)
  let packed = file.readUInt32LE(at + 20)
  let size = file.readUInt32LE(at + 24)
  const nameLength = file.readUInt16LE(at + 28)
  const extraLength = file.readUInt16LE(at + 30)
  const commentLength = file.readUInt16LE(at + 32)
  const mode = file.readUInt16LE(at + 40)
  let offset = file.readUInt32LE(at + 42)
  const extraStart = at + 46 + nameLength
  const next = extraStart + extraLength + commentLength
  if (next > file.length) throw damaged('压缩目录不完整')
  let field = extraStart
  while (field + 4 <= extraStart + extraLength) {
    const id = file.readUInt16LE(field)
    const length = file.readUInt16LE(field + 2)
    if (id === 1) {
      let value = field + 4
      if (size === SENTINEL) { size = uint64(file, value); value += 8 }
      if (packed === SENTINEL) { packed = uint64(file, value); value += 8 }
      if (offset === SENTINEL) offset = uint64(file, value)
    }
    field += 4 + length
  }
  if ((flags & 1) !== 0) throw new SheetRefusal('sheet.encrypted')
  if ((mode & 0xf000) === 0xa000) throw unsafe('含有链接')
  // Some old .NET writers use backslashes.
  const name = file.toString('utf8', at + 46, extraStart).replaceAll('\\', '/')
  refuseName(name)
  return { entry: { name, method: file.readUInt16LE(at + 10), crc: file.readUInt32LE(at + 16), packed, size, offset }, next }
}

function refuseName(name: string): void {
  if (name === '' || name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\0') || name.split('/').includes('..')) {
    throw unsafe('文件路径越界')
  }
  // Objects embedded in a workbook are legal; they are never opened.
  if (/\.(zip|rar|7z|gz|tgz|bz2|xz)$/i.test(name) && !name.startsWith('xl/embeddings/')) throw unsafe('压缩包里还有压缩包')
}

/** Entries that share their packed bytes are how 10 MB becomes 281 TB without nesting. */
function refuseOverlap(entries: ZipEntry[], directory: number): void {
  entries.sort((a, b) => a.offset - b.offset)
  for (const [i, entry] of entries.entries()) {
    const limit = entries[i + 1]?.offset ?? directory
    if (entry.offset + 30 + entry.packed > limit) throw unsafe('压缩内容互相重叠')
  }
}

/** The inflated bytes of one entry in chunks of about 64 KB; stops as soon as more comes out than the directory promised. */
export async function* inflate(zip: Zip, name: string): AsyncGenerator<Buffer> {
  const entry = zip.entries.get(name)
  if (entry === undefined) throw damaged(`缺少 ${name}`)
  const { file } = zip
  const head = entry.offset
  if (head + 30 > file.length || file.readUInt32LE(head) !== 0x04034b50) throw damaged('压缩内容不完整')
  const begin = head + 30 + file.readUInt16LE(head + 26) + file.readUInt16LE(head + 28)
  const packed = file.subarray(begin, begin + entry.packed)
  if (packed.length !== entry.packed) throw damaged('压缩内容不完整')
  if (entry.method !== 0 && entry.method !== 8) throw damaged('压缩方式不支持')
  let seen = 0
  let crc = 0
  for await (const chunk of entry.method === 0 ? slices(packed) : inflateRaw(packed)) {
    seen += chunk.length
    if (seen > entry.size) throw new SheetRefusal('sheet.zip_bomb', { declared: entry.size })
    crc = crc32(chunk, crc)
    yield chunk
  }
  if (seen !== entry.size || crc !== entry.crc) throw damaged('校验不符')
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

async function* inflateRaw(packed: Buffer): AsyncGenerator<Buffer> {
  const stream = createInflateRaw({ chunkSize: 65_536 })
  // A failed write surfaces through the iterator below; without a listener it would also be an uncaught event.
  stream.on('error', () => undefined)
  stream.end(packed)
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    if (error instanceof SheetRefusal) throw error
    throw damaged('解压失败')
  } finally {
    stream.destroy()
  }
}
