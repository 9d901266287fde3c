// Asks a camera whether it is there: for the test of a connection by a person, with the first picture of each stream, and by the clock, with a question only.
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowIso, steadyMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import type { ProbeResult } from '../../contract.ts'
import { open, urlOf, type Address } from '../address.ts'
import { Live, type Connect } from './live.ts'
import { choose, Onvif } from './onvif.ts'
import type { Registry } from './registry.ts'
import { CameraFault, rtspSource, RtspSession, type Fault, type RtspAddress } from './rtsp.ts'

const PICTURE_MS = 12_000
type StreamResult = ProbeResult['streams'][number]
async function tryStream(stream: 'main' | 'sub', source: Connect): Promise<StreamResult> {
  const began = steadyMs()
  const live = new Live(source, { linger_ms: 0, again_ms: [60_000] })
  try {
    return await new Promise<StreamResult>((done) => {
      const none = (fault: Fault): void => done({ stream, ok: false, fault, codec: null, width: null, height: null, first_picture_ms: null })
      const late = setTimeout(() => none('silent'), PICTURE_MS)
      live.add({
        onHead() {},
        onPiece() {
          clearTimeout(late)
          const s = live.shown!
          done({ stream, ok: true, fault: null, ...s, first_picture_ms: Math.round(steadyMs() - began) })
        },
        onFault(fault) { clearTimeout(late); none(fault) },
      })
    })
  } finally {
    live.stop()
  }
}
/** The whole test, as long as a person waits. */
export async function probeAddress(registry: Registry, company_id: number, a: Address): Promise<ProbeResult> {
  const began = steadyMs()
  const account = { user: a.user, password: a.password }
  const base: ProbeResult = { ok: false, fault: null, detail: null, ms: null, streams: [], device: null, has_ptz: null, found: [] }
  try {
    if (a.source === 'gb') {
      const one = await tryStream('main', registry.sourceOf({ company_id, camera_id: '', address_sealed: '' }, a, 'main'))
      return { ...base, streams: [one], ok: one.ok, fault: one.fault, ms: Math.round(steadyMs() - began) }
    }
    let urls: { stream: 'main' | 'sub'; url: string }[] = (['main', 'sub'] as const).flatMap((stream) => { const url = stream === 'main' ? a.main_url : a.sub_url; return url ? [{ stream, url }] : [] })
    if (a.source === 'onvif') {
      const o = new Onvif({ url: a.onvif_url!, ...account })
      await o.begin()
      base.device = await o.device()
      const all = await o.profiles()
      base.has_ptz = o.has_ptz && all.some((p) => p.ptz)
      for (const p of all.slice(0, 8)) base.found.push({ name: p.name, url: await o.uri(p.token), codec: p.codec, width: p.width, height: p.height })
      const { main, sub } = choose(all)
      if (!main) throw new CameraFault(all.length > 0 ? 'h265' : 'no_video')
      urls = [{ stream: 'main', url: await o.uri(main.token) }, ...(sub && sub.token !== main.token ? [{ stream: 'sub' as const, url: await o.uri(sub.token) }] : [])]
    }
    // One after the other: small cameras take one connection.
    for (const u of urls) base.streams.push(await tryStream(u.stream, rtspSource(async () => ({ url: u.url, ...account }))))
    const bad = base.streams.find((s) => !s.ok)
    return { ...base, ok: base.streams.length > 0 && !bad, fault: bad?.fault ?? (base.streams.length === 0 ? 'no_video' : null), ms: Math.round(steadyMs() - began) }
  } catch (error) {
    return { ...base, fault: error instanceof CameraFault ? error.fault : 'unreachable', detail: String(error).slice(0, 200), ms: Math.round(steadyMs() - began) }
  }
}
/** Tests that people wait for. */
export async function runProbes(app: App, registry: Registry, company_id: number): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const { rows } = await inTransaction(app.d, { company_id }, (tx) => sql<{ probe_id: string; address_sealed: string }>`update video.probe set taken_at = ${nowIso()} where company_id = ${company_id} and probe_id = (select probe_id from video.probe where company_id = ${company_id} and done_at is null and taken_at is null and created_at > ${nowIso()}::timestamptz - interval '5 minutes' order by created_at limit 1 for update skip locked) returning probe_id, address_sealed`.execute(tx.db))
    const p = rows[0]
    if (!p) return
    const result = await probeAddress(registry, company_id, open(p.address_sealed))
    await inTransaction(app.d, { company_id }, (tx) => sql`update video.probe set done_at = ${nowIso()}, result = ${JSON.stringify(result)}::jsonb where company_id = ${company_id} and probe_id = ${p.probe_id}`.execute(tx.db))
  }
}
/** A question without a picture: it is there, it knows the account, it sends what browsers play. */
export async function checkHealth(at: RtspAddress): Promise<Fault | null> {
  let s: RtspSession | undefined
  try {
    s = await RtspSession.open(at)
    await s.describe()
    return null
  } catch (error) {
    return error instanceof CameraFault ? error.fault : 'unreachable'
  } finally {
    s?.close()
  }
}
export const healthUrl = (a: Address): string | null => urlOf(a, 'sub')
