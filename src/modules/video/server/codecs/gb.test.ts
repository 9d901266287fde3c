// The bytes of GB/T 28181 without a device: SIP and XML in every cut and every mutation, program streams in packets of every size, the eight bytes of turning by the standard's own sum.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gbk } from '../../../../world/outside/gbk.ts'
import { Encoder, parameterSets } from '../../../../world/outside/camera_sim/encoder.ts'
import { draw } from '../../../../world/outside/camera_sim/picture.ts'
import { packPicture, packSound } from '../../../../world/outside/camera_sim/ps_muxer.ts'
import { proves } from '../../../../kernel/digest.ts'
import { readXml, value } from '../../../../kernel/small_xml.ts'
import { writePtz } from './gb_ptz.ts'
import { readOffer, ssrcOf, writeAsk } from './gb_sdp.ts'
import { readAlarm, readChannel, readTime } from './manscdp.ts'
import { PsDemuxer } from './ps.ts'
import type { Picture } from './rtp.ts'
import { addressOf, header, parameter, readAuthorization, readDatagram, SipStream, userOf, writeSip } from './sip.ts'

const REGISTER = Buffer.from([
  'REGISTER sip:34020000002000000001@3402000000 SIP/2.0', 'Via: SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1371463273', 'f: <sip:34020000001320000001@3402000000>;tag=2043466181', 'To: <sip:34020000001320000001@3402000000>', 'i: 1011047669', 'CSeq: 2 REGISTER',
  'Contact: <sip:34020000001320000001@192.168.1.64:5060>', 'Authorization: Digest username="34020000001320000001", realm="3402000000",', ' nonce="abc", uri="sip:34020000002000000001@3402000000", response="9fce98c1ecd5ac6d51eb9c0ee1bb5e3a", algorithm=MD5', 'Max-Forwards: 70', 'Expires: 3600', 'l: 0', '', '',
].join('\r\n'))
const MESSAGE = writeSip({ method: 'MESSAGE', uri: 'sip:34020000002000000001@3402000000', headers: [['via', 'SIP/2.0/TCP 10.0.0.9:40000;branch=z9hG4bKx'], ['from', '<sip:34020000001320000001@3402000000>;tag=1'], ['to', '<sip:34020000002000000001@3402000000>'], ['call-id', 'c1'], ['cseq', '7 MESSAGE']], body: gbk('<?xml version="1.0" encoding="GB2312"?><Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>34020000001320000001</DeviceID><Info>东门</Info></Notify>') })

describe('SIP', () => {
  test('short names, lines that go on, parameters', () => {
    const m = readDatagram(REGISTER)!
    expect([m.method, userOf(m.uri), userOf(header(m, 'from')), header(m, 'call-id')]).toEqual(['REGISTER', '34020000002000000001', '34020000001320000001', '1011047669'])
    expect(parameter(header(m, 'via'), 'branch')).toBe('z9hG4bK1371463273')
    expect(addressOf(header(m, 'contact'))).toBe('sip:34020000001320000001@192.168.1.64:5060')
    expect(readAuthorization(header(m, 'authorization'))!.get('nonce')).toBe('abc')
  })
  test('a message cut anywhere on a connection is the same; cut off in a datagram it is none', () => {
    const both = Buffer.concat([Buffer.from('\r\n\r\n'), MESSAGE, MESSAGE])
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: both.length - 1 }), { maxLength: 12 }), (cuts) => {
      const s = new SipStream()
      let n = 0
      let from = 0
      for (const to of [...cuts.toSorted((a, b) => a - b), both.length]) {
        n += s.take(both.subarray(from, to)).length
        from = to
      }
      expect([n, s.broken]).toEqual([2, false])
    }), { numRuns: 100 })
    expect(readDatagram(MESSAGE.subarray(0, MESSAGE.length - 1))).toBeNull()
  })
  test('nothing that was changed on the way makes it fall over; what is no SIP is none, what claims to be endless is let go', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(MESSAGE.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }), (changes) => {
      const b = Buffer.from(MESSAGE)
      for (const [at, to] of changes) b[at] = to
      const m = readDatagram(b)
      if (m) readXml(m.body)
      new SipStream().take(b)
    }), { numRuns: 500 })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (b) => { expect(readDatagram(Buffer.from(b))).toBeNull() }), { numRuns: 300 })
    const s = new SipStream()
    s.take(Buffer.alloc(40_000, 0x41))
    expect(s.broken).toBe(true)
    const long = new SipStream()
    long.take(Buffer.from(MESSAGE.toString('latin1').replace(/Content-Length: \d+/, 'Content-Length: 99999999'), 'latin1'))
    expect(long.broken).toBe(true)
  })
  test('a line end in a value makes no second header', () => {
    const m = readDatagram(writeSip({ status: 200, headers: [['via', 'v'], ['from', 'f\r\nX-Evil: 1'], ['to', 't'], ['call-id', 'c'], ['cseq', '1 BYE']] }))!
    expect(m.headers.has('x-evil')).toBe(false)
  })
  test('proof of a password as RFC 2617 3.5 computes it', () => {
    const a = readAuthorization('Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"')!
    expect(proves(a, { user: 'Mufasa', password: 'Circle Of Life', method: 'GET' })).toBe(true)
    expect(proves(a, { user: 'Mufasa', password: 'Circle of Life', method: 'GET' })).toBe(false)
    expect(proves(a, { user: 'Mufasa', password: 'Circle Of Life', method: 'POST' })).toBe(false)
    // RFC 7616 3.9.1.
    const b = readAuthorization('Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"')!
    expect(proves(b, { user: 'Mufasa', password: 'Circle of Life', method: 'GET' })).toBe(true)
    expect(proves(b, { user: 'Mufasa', password: 'Circle of life', method: 'GET' })).toBe(false)
    for (const algorithm of ['MD5', 'SM3', 'SHA-1', '__proto__', '']) expect(proves(new Map([...b, ['algorithm', algorithm]]), { user: 'Mufasa', password: 'Circle of Life', method: 'GET' })).toBe(false)
  })
})
describe('MANSCDP', () => {
  test('GB2312 and UTF-8, said rightly, wrongly and not at all', () => {
    const xml = (head: string): string => `${head}<Response><CmdType>Catalog</CmdType><Item><Name>东门&amp;西门</Name></Item></Response>`
    for (const b of [gbk(xml('<?xml version="1.0" encoding="GB2312"?>')), gbk(xml('<?xml version="1.0" encoding="UTF-8"?>')), Buffer.from(xml('<?xml version="1.0" encoding="utf-8"?>')), Buffer.from(xml('')), gbk(xml(''))]) expect(value(readXml(b)!.children[1], 'Name')).toBe('东门&西门')
  })
  test('no document types, no depth, no half tree', () => {
    for (const s of ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', '<a><b></a></b>', '<a>', '</a>', '<a/><b/>', 'text', '', '<a>'.repeat(20) + '</a>'.repeat(20)]) expect(readXml(Buffer.from(s))).toBeNull()
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', '&', ';', '#', '1', ' ', '"', '!', '?'), maxLength: 200 }), (s) => void readXml(Buffer.from(s))), { numRuns: 500 })
  })
  test('a list has cameras, inputs and folders: cameras are taken', () => {
    const item = (id: string, more = ''): ReturnType<typeof readChannel> => readChannel(readXml(Buffer.from(`<Item><DeviceID>${id}</DeviceID><Name>南门</Name><Status>ON</Status>${more}</Item>`))!)
    expect(item('34020000001320000001', '<Info><PTZType>1</PTZType></Info>')).toMatchObject({ name: '南门', ptz: true, on: true })
    expect(item('34020000001310000001', '<PTZType>3</PTZType>')).toMatchObject({ ptz: false })
    for (const id of ['34020000001340000001', '34020000002160000001', '3402', '3402000000132000000x']) expect(item(id)).toBeNull()
  })
  test('an alarm in the words of the trade; times are of China; nonsense is no time', () => {
    const n = readXml(Buffer.from('<Notify><CmdType>Alarm</CmdType><SN>2</SN><DeviceID>34020000001320000001</DeviceID><AlarmPriority>2</AlarmPriority><AlarmMethod>5</AlarmMethod><AlarmTime>2026-11-26T09:19:12</AlarmTime><Info><AlarmType>6</AlarmType></Info></Notify>'))!
    expect(readAlarm(n)).toMatchObject({ level: 'major', title: '入侵检测', at_ms: Date.parse('2026-11-26T01:19:12Z') })
    expect([readTime('2026-13-40T00:00:00'), readTime('yesterday')]).toEqual([null, null])
  })
})
describe('turning', () => {
  test('bytes as published: right at 129 of 255, and the stop', () => {
    expect(writePtz({ pan: 129 / 255, tilt: 0, zoom: 0 })).toBe('A50F010181000037')
    expect(writePtz(null)).toBe('A50F0100000000B5')
  })
  test('each adds up', () => {
    fc.assert(fc.property(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), (pan, tilt, zoom) => {
      const b = Buffer.from(writePtz({ pan, tilt, zoom }), 'hex')
      expect(b.length).toBe(8)
      expect(b.subarray(0, 7).reduce((n, x) => n + x, 0) % 256).toBe(b[7])
    }))
  })
})
describe('calls', () => {
  test('asked as the standard has it; answers with and without a number of their own', () => {
    const text = writeAsk({ server: '34020000002000000001', channel: '34020000001320000001', host: '10.0.0.1', port: 30_000, tcp: true, ssrc: ssrcOf(true, '34020000002000000001', 12_345), from_s: 100, to_s: 200 }).toString()
    for (const line of ['s=Playback', 'u=34020000001320000001:0', 't=100 200', 'm=video 30000 TCP/RTP/AVP 96 98 97', 'a=setup:passive', 'y=1200002345']) expect(text).toContain(line)
    expect(readOffer(Buffer.from('v=0\r\nc=IN IP4 10.0.0.9\r\nm=video 9 RTP/AVP 96\r\na=rtpmap:96 PS/90000\r\ny=0100000001\r\n'))).toEqual({ host: '10.0.0.9', ssrc: 100_000_001, tcp: false, codecs: new Map([[96, 'PS']]) })
    expect(readOffer(Buffer.from('v=0\r\n'))).toBeNull()
  })
})
describe('program streams', () => {
  const { sps, pps } = parameterSets(320, 240, 10)
  const encoder = new Encoder()
  const slices = Array.from({ length: 24 }, (_, i) => ({ key: i % 8 === 0, data: encoder.encode(draw({ no: 1, width: 320, height: 240, pan: 0, tilt: 0 }, Date.parse('2026-11-26T04:00:00Z') + i * 100), i % 8 === 0) }))
  const START = 2 ** 33 - 9000 * 5
  const packets = (mtu: number, o: { unbounded?: boolean } = {}): { payload: Buffer; time: number }[] => slices.flatMap((s, i) => {
    const pts = (START + i * 9000) % 2 ** 33
    const ps = Buffer.concat([packPicture(s.key ? [sps, pps, s.data] : [s.data], { pts, key: s.key, ...o }), ...(i % 3 === 0 ? [packSound(pts)] : [])])
    return Array.from({ length: Math.ceil(ps.length / mtu) }, (_, k) => ({ payload: ps.subarray(k * mtu, (k + 1) * mtu), time: pts % 2 ** 32 }))
  })
  const through = (list: readonly { payload: Buffer; time: number }[], lost = new Set<number>()): { pictures: Picture[]; codec: string | undefined } => {
    const pictures: Picture[] = []
    const d = new PsDemuxer((p) => pictures.push(p))
    for (const [i, p] of list.entries()) {
      if (lost.has(i)) d.lost()
      else d.take(p.payload, p.time)
    }
    return { pictures, codec: d.codec }
  }
  test('any packet size gives the same pictures, over the turn of the clock, with and without lengths', () => {
    for (const o of [{ unbounded: false }, { unbounded: true }]) for (const mtu of [7, 61, 500, 1400, 9000]) {
      const { pictures, codec } = through(packets(mtu, o))
      // The last one waits for the next to begin; without a length it is not even known where it ends.
      expect([mtu, codec, pictures.length]).toEqual([mtu, 'H264', slices.length - (o.unbounded ? 2 : 1)])
      for (const [i, p] of pictures.entries()) {
        expect(Buffer.concat(p.nals).equals(slices[i]!.data)).toBe(true)
        expect([p.key, p.time]).toEqual([slices[i]!.key, START + i * 9000])
      }
    }
  })
  test('after a loss nothing is given until the next key picture, and never half a picture', () => {
    const list = packets(700)
    for (let at = 1; at < list.length; at += 5) {
      const { pictures } = through(list, new Set([at]))
      for (const p of pictures) expect(slices.some((s) => s.data.equals(Buffer.concat(p.nals)))).toBe(true)
      const gap = pictures.findIndex((p, i) => i > 0 && p.time - pictures[i - 1]!.time !== 9000)
      if (gap > 0) expect(pictures[gap]!.key).toBe(true)
    }
  })
  test('nonsense gives no picture, falls over nowhere and holds no more than its bound', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 1400 }), { maxLength: 30 }), fc.nat(400), (noise, at) => {
      const d = new PsDemuxer(() => {})
      const list = packets(1400)
      for (const [i, n] of noise.entries()) d.take(Buffer.from(n), i)
      d.take(list[at % list.length]!.payload, 1)
    }), { numRuns: 60 })
    const d = new PsDemuxer(() => {})
    const head = Buffer.concat([packPicture([sps], { pts: 1, key: true }), Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80, 0, 0])])
    d.take(head, 1)
    for (let i = 0; i < 60; i++) d.take(Buffer.alloc(60_000, 0x55), 1)
    expect(d.lost_count).toBeGreaterThan(0)
  })
  test('H.265 is named by the map, and by its first bytes where there is none', () => {
    const said = new PsDemuxer(() => {})
    said.take(packPicture([Buffer.from([0x40, 1, 1])], { pts: 1, key: true, h265: true }), 1)
    expect(said.codec).toBe('H265')
    const bare = new PsDemuxer(() => {})
    bare.take(packPicture([Buffer.from([0x40, 1, 1])], { pts: 1, key: false }), 1)
    bare.take(packPicture([Buffer.from([0x26, 1, 1])], { pts: 9001, key: false }), 9001)
    expect(bare.codec).toBe('H265')
  })
})
