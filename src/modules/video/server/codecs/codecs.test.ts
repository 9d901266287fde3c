// The bytes of video without a camera: parameter sets, packets split, lost and mixed, files read by a parser that knows nothing of ours, digests of the RFCs.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Encoder, parameterSets } from '../../../../world/outside/camera_sim/encoder.ts'
import { draw } from '../../../../world/outside/camera_sim/picture.ts'
import { authorization, readChallenge } from '../../../../kernel/digest.ts'
import { codecName, readSps } from './h264.ts'
import { fragment, initSegment, moveTo, readFragment, timeOf, wholeFile, withLengths, type Sample } from './mp4.ts'
import { Depacketizer, readPacket, Reorder, type Packet, type Picture } from './rtp.ts'
import { controlUrl, readSdp } from './sdp.ts'

const AT = Date.parse('2026-11-26T04:00:00Z')
const { sps, pps } = parameterSets(320, 240, 10)
function slices(n: number): { data: Buffer; key: boolean }[] {
  const e = new Encoder()
  return Array.from({ length: n }, (_, i) => ({ key: i % 10 === 0, data: e.encode(draw({ no: 1, width: 320, height: 240, pan: 0, tilt: 0 }, AT + i * 100), i % 10 === 0) }))
}
/** RFC 6184 by hand: aggregation for the sets, fragments for what is larger than a packet. */
function packets(list: readonly { data: Buffer; key: boolean }[], o: { mtu?: number; first_seq?: number } = {}): Packet[] {
  const mtu = o.mtu ?? 500
  let seq = o.first_seq ?? 65_530
  const out: Packet[] = []
  const put = (payload: Buffer, marker: boolean, time: number): void => void out.push({ seq: seq++ & 0xffff, time: time >>> 0, marker, kind: 96, payload })
  for (const [i, s] of list.entries()) {
    const time = 4_294_960_000 + i * 9000
    if (s.key) put(Buffer.concat([Buffer.from([0x78, 0, sps.length]), sps, Buffer.from([0, pps.length]), pps]), false, time)
    if (s.data.length <= mtu) put(s.data, true, time)
    else for (let at = 1; at < s.data.length; at += mtu) put(Buffer.concat([Buffer.from([(s.data[0]! & 0xe0) | 28, (s.data[0]! & 31) | (at === 1 ? 128 : 0) | (at + mtu >= s.data.length ? 64 : 0)]), s.data.subarray(at, at + mtu)]), at + mtu >= s.data.length, time)
  }
  return out
}
function through(list: readonly Packet[]): { pictures: Picture[]; lost: number } {
  const pictures: Picture[] = []
  const d = new Depacketizer((p) => pictures.push(p))
  const order = new Reorder((p) => d.take(p), () => d.lost())
  for (const p of list) order.take(p)
  return { pictures, lost: d.lost_count }
}

describe('parameter sets', () => {
  test('of a Baseline camera, and of a High one that crops 1088 lines to 1080', () => {
    expect(readSps(sps)).toMatchObject({ width: 320, height: 240, profile: 66 })
    expect(codecName(readSps(sps)!)).toBe('avc1.42E01E')
    // Main stream of a common camera (High, level 4.0, 1920x1080), as published in many logs.
    expect(readSps(Buffer.from('Z2QAKKzZQHgCJ+XARAAAAwAEAAADAPA8YMZY', 'base64'))).toMatchObject({ profile: 100, width: 1920, height: 1080 })
  })
  test('nonsense is no size, whatever the bytes', () => {
    expect(readSps(Buffer.from([0x67, 66, 0xe0, 30, 0, 0, 0, 0]))).toBeNull()
    expect(readSps(Buffer.alloc(0))).toBeNull()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (b) => {
      const r = readSps(Buffer.concat([Buffer.from([0x67]), b]))
      expect(r === null || (r.width >= 16 && r.width <= 8192 && r.height >= 16 && r.height <= 8192)).toBe(true)
    }), { numRuns: 500 })
  })
})
describe('packets', () => {
  const list = slices(30)
  test('any packet size gives the same pictures, over the turn of the counter and of the clock', () => {
    for (const mtu of [60, 500, 1400]) {
      const { pictures, lost } = through(packets(list, { mtu }))
      expect(pictures.map((p) => p.nals[0]!.equals(list[pictures.indexOf(p)]!.data))).not.toContain(false)
      expect([pictures.length, lost]).toEqual([30, 0])
      expect(pictures.slice(1).map((p, i) => p.time - pictures[i]!.time)).toEqual(Array(29).fill(9000))
    }
  })
  test('mixed within the window they come out in order; twice is once', () => {
    const p = packets(list)
    const mixed = [p[0]!, ...p.slice(1).flatMap((x, i, rest) => (i % 2 === 0 ? [rest[i + 1], x, x] : [])).filter((x) => x !== undefined)]
    expect(through(mixed).pictures.length).toBe(30)
  })
  test('after a loss nothing is shown until the next key picture; the others are whole', () => {
    const p = packets(list)
    const at = p.findIndex((x, i) => i > 20 && x.time === (4_294_960_000 + 14 * 9000) >>> 0)
    const { pictures, lost } = through([...p.slice(0, at), ...p.slice(at + 1)])
    expect(lost).toBe(1)
    const shown = pictures.map((x) => (x.time - pictures[0]!.time) / 9000)
    expect(shown).toEqual([...Array(14).keys(), ...Array.from({ length: 10 }, (_, i) => 20 + i)])
  })
  test('nothing before the first key picture; sets known from the description do', () => {
    const late = packets(list).filter((x) => x.time !== 4_294_960_000)
    expect(through(late).pictures.map((x) => x.key)[0]).toBe(true)
    const pictures: Picture[] = []
    const d = new Depacketizer((x) => pictures.push(x), { sps, pps })
    for (const x of packets(list).filter((x) => (x.payload[0]! & 31) !== 24)) d.take(x)
    expect(pictures.length).toBe(30)
  })
  test('no bytes of the network make it throw', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 40 }), (raw) => {
      through(raw.map((b) => readPacket(Buffer.from(b))).filter((x) => x !== null))
    }), { numRuns: 300 })
  })
})

/** Boxes as ISO/IEC 14496-12 nests them; written apart from the writer. */
type Box = { type: string; body: Buffer; inner: Box[] }
const NESTS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf', 'mvex', 'dinf'])
function boxes(b: Buffer): Box[] {
  const out: Box[] = []
  for (let at = 0; at < b.length;) {
    const n = b.readUInt32BE(at)
    const type = b.toString('latin1', at + 4, at + 8)
    expect(n >= 8 && at + n <= b.length, `${type} ${n}`).toBe(true)
    const body = b.subarray(at + 8, at + n)
    out.push({ type, body, inner: NESTS.has(type) ? boxes(body) : [] })
    at += n
  }
  return out
}
const find = (list: Box[], path: string): Box => {
  const [first, ...rest] = path.split('/')
  const b = list.find((x) => x.type === first)
  if (!b) throw new Error(`no ${first}`)
  return rest.length ? find(b.inner, rest.join('/')) : b
}
describe('files', () => {
  const samples: Sample[] = slices(20).map((s, i) => ({ data: withLengths([s.data]), time: i * 9000, ticks: 9000, key: s.key }))
  test('the head tells codec and size; a fragment has its times, sizes and data where the boxes say', () => {
    const head = boxes(initSegment({ sps, pps }))
    const entry = find(head, 'moov/trak/mdia/minf/stbl/stsd').body
    expect([entry.toString('latin1', 12, 16), entry.readUInt16BE(8 + 32), entry.readUInt16BE(8 + 34)]).toEqual(['avc1', 320, 240])
    expect(entry.includes(sps) && entry.includes(pps)).toBe(true)
    const f = fragment(3, samples.slice(4, 9))
    const parsed = boxes(f)
    const run = find(parsed, 'moof/traf/trun').body
    expect([run.readUInt32BE(4), Number(find(parsed, 'moof/traf/tfdt').body.readBigUInt64BE(4))]).toEqual([5, 36_000])
    const at = run.readUInt32BE(8)
    expect(f.subarray(at, at + samples[4]!.data.length).equals(samples[4]!.data)).toBe(true)
    expect(timeOf(moveTo(f, 90_000))).toBe(90_000)
    expect(readFragment(Buffer.concat([f, Buffer.from('more')]))!.samples.map((s) => [s.time, s.key, s.data.length])).toEqual(samples.slice(4, 9).map((s) => [s.time, s.key, s.data.length]))
    for (const n of [0, 40, 95, f.length - 1]) expect(readFragment(f.subarray(0, n))).toBeNull()
  })
  test('a whole file: one chunk, its offset right, key pictures listed, the time summed', () => {
    const file = wholeFile({ sps, pps }, samples)
    const parsed = boxes(file)
    const stbl = 'moov/trak/mdia/minf/stbl'
    const at = find(parsed, `${stbl}/stco`).body.readUInt32BE(8)
    expect(file.subarray(at, at + samples[0]!.data.length).equals(samples[0]!.data)).toBe(true)
    const stss = find(parsed, `${stbl}/stss`).body
    expect([stss.readUInt32BE(4), stss.readUInt32BE(8), stss.readUInt32BE(12)]).toEqual([2, 1, 11])
    expect(find(parsed, 'moov/mvhd').body.readUInt32BE(16)).toBe(180_000)
  })
})
describe('what cameras say', () => {
  test('the example of RFC 2617 3.5 and of RFC 7616 3.9.1', () => {
    const c = readChallenge(['Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'])!
    expect(authorization(c, { user: 'Mufasa', password: 'Circle Of Life', method: 'GET', uri: '/dir/index.html', count: 1, cnonce: '0a4f113b' })).toContain('response="6629fae49393a05397450978507c4ef1"')
    const both = readChallenge(['Digest realm="http-auth@example.org", qop="auth", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"', 'Digest realm="http-auth@example.org", qop="auth", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'])!
    expect(both.algorithm).toBe('SHA-256')
    expect(authorization(both, { user: 'Mufasa', password: 'Circle of Life', method: 'GET', uri: '/dir/index.html', count: 1, cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' })).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"')
    expect(readChallenge(['Negotiate abc'])).toBeNull()
  })
  test('a description with sound first, and addresses joined as cameras mean them', () => {
    const { track, control } = readSdp(`v=0\r\na=control:*\r\nm=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets=${sps.toString('base64')},${pps.toString('base64')};x=1\r\na=control:trackID=1\r\nm=application 0 RTP/AVP 107\r\na=control:trackID=3\r\n`)
    expect([control, track?.control, track?.codec, track?.sps?.equals(sps)]).toEqual(['*', 'trackID=1', 'H264', true])
    expect(controlUrl('rtsp://a/Streaming/Channels/101/', 'trackID=1')).toBe('rtsp://a/Streaming/Channels/101/trackID=1')
    expect(controlUrl('rtsp://a/x', 'rtsp://a/x/track1')).toBe('rtsp://a/x/track1')
    expect(readSdp('rubbish').track).toBeNull()
  })
})
