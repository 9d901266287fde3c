// 门岗核验: one screen for all that happens at a gate: a box for what is shown (a visitor's six digits, an exit permit's twelve letters and digits, a plate),
// registering who comes unannounced, who is inside too long, who is awaited.
import { Button } from 'antd-mobile'
import { useState, type ReactNode } from 'react'
import { asRefused, readNow, useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Scanner, canScan } from '../../../ui/phone/Scanner.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { access, type VisitRow } from '../contract.ts'
import { words } from '../words.ts'
import { Register } from './Register.tsx'

type Seen = { kind: 'permit'; code: string } | { kind: 'visits'; rows: VisitRow[]; q: string } | { kind: 'register' }
const PERMIT_LENGTH = 12
const FIND_MAX = 16
const AGAIN_MS = 30_000
/** `permit` shows an exit permit by its code; it belongs to customer service and is handed in by the face. */
export function GuardPage({ permit }: { permit: (code: string, again: () => void) => ReactNode }) {
  const me = usePhoneMe()
  const [scanning, setScanning] = useState(false)
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string>()
  const [seen, setSeen] = useState<Seen>()
  const look = async (text: string): Promise<void> => {
    setScanning(false)
    setFault(undefined)
    const q = text.replaceAll(/[\s·]/g, '').toUpperCase().split('/').at(-1)!
    if (q.length === PERMIT_LENGTH && /^[2-9A-HJ-NP-Z]+$/.test(q)) return setSeen({ kind: 'permit', code: q })
    try {
      setSeen({ kind: 'visits', rows: (await readNow(access.findVisit, { q: q.slice(0, FIND_MAX) })).rows, q })
    } catch (error) {
      setSeen(undefined)
      setFault(asRefused(error).message)
    }
  }
  const again = (): void => { setSeen(undefined); setTyped('') }
  if (seen?.kind === 'permit') return <Page title="门岗核验" back="/">{permit(seen.code, again)}</Page>
  if (seen?.kind === 'register') return <Page title="登记访客" back="/"><Register done={again} /></Page>
  return (
    <Page title="门岗核验" back="/">
      {canScan() ? (scanning ? <Scanner read={(text) => void look(text)} stop={(why) => { setScanning(false); setFault(why) }} /> : <Button className="ph-big" block color="primary" onClick={() => setScanning(true)}>扫通行码或凭条</Button>) : null}
      <form className="ph-card ph-section" onSubmit={(e) => { e.preventDefault(); void look(typed) }}>
        <Field label="通行码、凭条码或车牌" error={fault} hint="访客 6 位数字;放行凭条 12 位;也可输车牌">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" autoCapitalize="characters" spellCheck={false} maxLength={20} value={typed} onChange={(e) => { setTyped(e.target.value); setFault(undefined) }} />}</Field>
        <div className="ph-between"><Button className="ph-mid" color="primary" type="submit" disabled={typed.trim().length < 5}>核验</Button>{mayDo(me, 'access.visit.write') ? <Button className="ph-mid" onClick={() => setSeen({ kind: 'register' })}>登记没有邀请的访客</Button> : null}</div>
      </form>
      {seen?.kind === 'visits' ? (
        <>
          {seen.rows.length === 0 ? <StateBlock icon="warn" title="没有找到" text="请核对;没有邀请的访客请先电话联系受访业主,再登记" /> : seen.rows.map((v) => <Visit key={v.visit_id} v={v} reload={() => void look(seen.q)} />)}
          <Button className="ph-mid" block onClick={again}>核验下一位</Button>
        </>
      ) : <Now />}
    </Page>
  )
}
function Now() {
  const gate = useRead(access.gate, {}, { stale_ms: 0, refresh_ms: AGAIN_MS })
  return (
    <Loaded reading={gate}>
      {(d) => (
        <>
          <h2 className="ph-h2">在访 {d.inside_count}{d.overstayed_count > 0 ? <span className="ph-red">,超时未离 {d.overstayed_count}</span> : null}</h2>
          {d.inside.length === 0 ? <p className="ph-center ph-weak">没有在访的访客</p> : d.inside.map((v) => <Visit key={v.visit_id} v={v} reload={gate.retry} />)}
          <h2 className="ph-h2">待到访 {d.awaited_count}</h2>
          {d.awaited.length === 0 ? <p className="ph-center ph-weak">现在没有约好的访客</p> : d.awaited.map((v) => <Visit key={v.visit_id} v={v} reload={gate.retry} />)}
        </>
      )}
    </Loaded>
  )
}
const hour = (at: string): string => instant(at).slice(5, 16)
function Visit({ v, reload }: { v: VisitRow; reload: () => void }) {
  const arrive = useWrite(access.arriveVisit, { done: '已放入' })
  const leave = useWrite(access.leaveVisit, { done: '已登记离开' })
  const why = v.can.arrive === true || v.state !== 'waiting' ? undefined : (words.refusals[v.can.arrive] ?? '').replace('{visitor}', v.visitor_name).replace('{from}', instant(v.from_at)).replace('{to}', instant(v.to_at)).replace('{reason}', v.barred_reason ?? '')
  return (
    <section className="ph-card ph-section" aria-label={`访客 ${v.visitor_name}`}>
      <div className="ph-between"><h3>{v.visitor_name}{v.people_count > 1 ? `等 ${v.people_count} 人` : ''}</h3><Tag kind={v.overstayed ? 'bad' : v.state === 'arrived' ? 'good' : v.state === 'waiting' && !why ? 'busy' : 'bad'}>{v.overstayed ? '超时未离' : words.states!['visit']![v.state]}</Tag></div>
      {why ? <p role="alert" className="ph-red">{why}</p> : null}
      <Facts rows={[['受访', `${v.house_label} ${v.host_name}`], v.purpose ? ['事由', v.purpose] : null, v.plate ? ['车牌', v.plate] : null, v.id_masked ? ['证件', v.id_masked] : null, ['时间', `${hour(v.from_at)} 至 ${hour(v.to_at)}`], v.arrived_at ? ['到访', `${hour(v.arrived_at)} ${v.arrived_by ?? ''}`] : null]} />
      {v.can.arrive === true ? <Button className="ph-big" block color="primary" loading={arrive.running} onClick={async () => { if (await arrive.run({ visit_id: v.visit_id })) reload() }}>核对无误,放入</Button> : null}
      {v.can.leave === true ? <Button className="ph-mid" block loading={leave.running} onClick={async () => { if (await leave.run({ visit_id: v.visit_id })) reload() }}>登记离开</Button> : null}
    </section>
  )
}
