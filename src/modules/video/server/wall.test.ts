// Sixteen pictures for two who look: one connection a camera; by WebRTC one connection a browser, a track a picture.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { RTCPeerConnection, useH264 } from 'werift'
import WebSocket from 'ws'
import { expectRefused, testApp } from '../../../../tests/harness.ts'
import { tinyWorld } from '../../../../tests/tiny_world.ts'
import { RtspCamera } from '../../../world/outside/camera_sim/rtsp_server.ts'
import { video } from '../contract.ts'
import { startMedia } from './index.ts'
import { Links, RTC_MAX } from './media/webrtc.ts'

const PASSWORD = 'p"w:d 1'
test('sixteen on a wall: one connection a camera, whoever else looks', async () => {
  const t = await testApp()
  const w = await tinyWorld(t)
  const admin = t.as('admin')
  const head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  const media = await startMedia(t.app, { port: 0, clock: false, limits: { linger_ms: 300, again_ms: [100, 200, 400] }, onLost: () => {} })
  const many = await new RtspCamera({ no: 1, user: 'admin', password: PASSWORD, channels: 16 }, Date.now).listen()
  const sockets: WebSocket[] = []
  try {
    const ids: string[] = []
    for (let no = 1; no <= 16; no++) ids.push((await admin(video.saveCamera, { community_id: w.community_id, building_id: null, no, name: `墙 ${no}`, place: '门口', source: 'rtsp', main_url: null, sub_url: `rtsp://127.0.0.1:${many.port}/Streaming/Channels/${no}02`, playback_url: null, onvif_url: null, user: 'admin', password: PASSWORD, has_ptz: false, looks_at: [], retired: false })).camera_id)
    await media.reload()
    const walls = [await head(video.watch, { camera_ids: ids, stream: 'sub' }), await admin(video.watch, { camera_ids: ids, stream: 'sub' })]
    const pieces = walls.flatMap((x) => x.rows.map((r) => {
      const ws = new WebSocket(`ws://127.0.0.1:${media.door.port}/media/live`)
      const got: Buffer[] = []
      ws.on('open', () => ws.send(JSON.stringify({ t: 'start', token: r.token })))
      ws.on('message', (d: Buffer, binary) => void (binary && got.push(d)))
      sockets.push(ws)
      return got
    }))
    await expect.poll(() => pieces.every((p) => p.length > 2), { timeout: 30_000, interval: 50 }).toBe(true)
    expect([pieces.length, many.connections]).toEqual([32, 16])
    await expectRefused(head(video.watch, { camera_ids: [...ids, ids[0]!], stream: 'sub' }), 'kernel.invalid')
    for (const ws of sockets) ws.close()
    await expect.poll(() => many.open, { timeout: 15_000, interval: 50 }).toBe(0)
  } finally {
    for (const ws of sockets) ws.terminate()
    await many.close()
    await media.stop()
  }
}, 60_000)

/** A browser with so many sections, by the same package: what it hears on each. */
async function viewer(sections: number) {
  const pc = new RTCPeerConnection({ codecs: { audio: [], video: [useH264({ payloadType: 102 })] }, iceServers: [], bundlePolicy: 'max-bundle', iceUseIpv6: false, iceAdditionalHostAddresses: ['127.0.0.1'] })
  const heard: number[] = []
  for (let n = 0; n < sections; n++) {
    heard.push(0)
    pc.addTransceiver('video', { direction: 'recvonly' }).onTrack.subscribe((t) => t.onReceiveRtp.subscribe(() => heard[n]!++))
  }
  await pc.setLocalDescription(await pc.createOffer())
  return { pc, heard, offer: pc.localDescription!.sdp }
}
type Said = Record<string, unknown> & { t: string }
test('a wall by WebRTC: one link, a track a picture; who is not its owner, too many and a busy place take fragments; nothing is left behind', async () => {
  const t = await testApp()
  const w = await tinyWorld(t)
  const admin = t.as('admin')
  const head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  const media = await startMedia(t.app, { port: 0, clock: false, limits: { linger_ms: 300, again_ms: [100, 200, 400] }, onLost: () => {} })
  const many = await new RtspCamera({ no: 1, user: 'admin', password: PASSWORD, channels: 4 }, Date.now).listen()
  const sockets: WebSocket[] = []
  const browser = await viewer(4)
  try {
    const ids: string[] = []
    for (let no = 1; no <= 4; no++) ids.push((await admin(video.saveCamera, { community_id: w.community_id, building_id: null, no, name: `墙 ${no}`, place: '门口', source: 'rtsp', main_url: null, sub_url: `rtsp://127.0.0.1:${many.port}/Streaming/Channels/${no}02`, playback_url: null, onvif_url: null, user: 'admin', password: PASSWORD, has_ptz: false, looks_at: [], retired: false })).camera_id)
    await media.reload()
    const look = async (who: typeof admin, camera_id: string, rtc: Record<string, unknown>): Promise<{ said: Said[]; pieces: Buffer[]; ws: WebSocket }> => {
      const { rows } = await who(video.watch, { camera_ids: [camera_id], stream: 'sub' })
      const ws = new WebSocket(`ws://127.0.0.1:${media.door.port}/media/live`)
      const got = { said: [] as Said[], pieces: [] as Buffer[], ws }
      ws.on('message', (d: Buffer, binary) => void (binary ? got.pieces.push(d) : got.said.push(JSON.parse(String(d)) as Said)))
      // Both at once: the second is heard though the token is still looked at.
      ws.on('open', () => { ws.send(JSON.stringify({ t: 'start', token: rows[0]!.token, rtc: true })); ws.send(JSON.stringify({ t: 'rtc', ...rtc })) })
      sockets.push(ws)
      return got
    }
    const soon = (f: () => unknown) => expect.poll(f, { timeout: 30_000, interval: 50 })
    const first = await look(head, ids[0]!, { offer: browser.offer, slot: 0 })
    await soon(() => first.said.find((m) => m.t === 'answer')?.['link']).toBeTypeOf('string')
    const { link, sdp } = first.said.find((m) => m.t === 'answer') as unknown as { link: string; sdp: string }
    const rest = [await look(head, ids[1]!, { link, slot: 1 }), await look(head, ids[2]!, { link, slot: 2 })]
    await browser.pc.setRemoteDescription({ type: 'answer', sdp })
    await soon(() => browser.heard.slice(0, 3).every((n) => n > 3)).toBe(true)
    expect([browser.heard[3], media.door.links.open.size, media.door.links.track_count, many.connections]).toEqual([0, 1, 3, 3])
    for (const r of [first, ...rest]) expect(r.pieces).toEqual([])
    // Of somebody else, a place that is taken, one that is not there, a link that is not: fragments each time, and nothing more by WebRTC.
    for (const [who, rtc, why] of [[admin, { link, slot: 3 }, 'gone'], [head, { link, slot: 1 }, 'full'], [head, { link, slot: 40 }, 'full'], [head, { link: 'none', slot: 0 }, 'gone'], [head, { offer: 'v=0', slot: 0 }, 'full']] as const) {
      const r = await look(who, ids[3]!, rtc)
      await soon(() => r.pieces.length > 2).toBe(true)
      expect(r.said.filter((m) => m.t === 'mse')).toMatchObject([{ why }])
    }
    expect(media.door.links.track_count).toBe(3)
    // One picture goes to fragments, its place is free for another camera.
    rest[1]!.ws.send(JSON.stringify({ t: 'mse' }))
    await soon(() => rest[1]!.pieces.length > 2).toBe(true)
    const other = await look(head, ids[3]!, { link, slot: 2 })
    await soon(() => other.said.some((m) => m.t === 'head' && m['rtc'] === true)).toBe(true)
    const { rows } = await admin(video.views, {})
    expect(rows.filter((r) => r.watching)).toHaveLength(9)
    // The browser is gone without a word: what it had goes on as fragments; then all leave.
    for (const ws of sockets) ws.close()
    await soon(() => many.open).toBe(0)
    await soon(() => media.door.viewer_count).toBe(0)
    expect(media.door.links.track_count).toBe(0)
    await soon(() => media.door.links.open.size).toBe(0)
    const { rows: after } = await admin(video.views, {})
    expect(after.filter((r) => r.watching)).toEqual([])
    expect(after.filter((r) => r.way === 'webrtc')).toHaveLength(3)
  } finally {
    await browser.pc.close()
    for (const ws of sockets) ws.terminate()
    await many.close()
    await media.stop()
  }
}, 90_000)
test('more than the processor bears goes by fragments; a picture that loses its packets too', async () => {
  const links = new Links()
  const browsers = []
  try {
    let n = 0
    for (; n < RTC_MAX.links; n++) {
      const b = await viewer(5)
      browsers.push(b)
      const made = await links.answer(b.offer, 'who')
      if (!made) break
      for (let slot = 0; slot < 5; slot++) if (!made.link.seat(slot, () => {}, () => {})) break
    }
    expect([links.track_count, n]).toEqual([RTC_MAX.tracks, Math.ceil(RTC_MAX.tracks / 5)])
    links.close()
    expect([links.open.size, links.track_count]).toEqual([0, 0])
    const b = await viewer(1)
    browsers.push(b)
    const ended: boolean[] = []
    const { link } = (await links.answer(b.offer, 'who'))!
    const peer = link.seat(0, () => {}, (up) => void ended.push(up))!
    for (const part of [0.5, 0.5, 0.5, 0.5, 0.01, 0.5, 0.5, 0.5, 0.5]) peer.lost(part)
    await sleep(10)
    expect(ended).toEqual([])
    peer.lost(0.5)
    expect(ended).toEqual([false])
  } finally {
    links.close()
    for (const b of browsers) await b.pc.close()
  }
}, 60_000)
