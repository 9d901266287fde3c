// 点名 on the phone, at the assembly point: scan who comes, find who does not, mark by hand.
import { Button } from 'antd-mobile'
import { useEffect, useRef, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Scanner, canScan } from '../../../ui/phone/Scanner.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { muster, type EntryRow } from '../contract.ts'
import { said } from '../shown.ts'

const LIVE_MS = 10_000
const LOOK_AGAIN_MS = 10 * 60_000
const SHOWN_MAX = 60
export function MusterPage() {
  const roll_id = useParam('roll_id')
  const look = useWrite(muster.lookRoll, {})
  const [looked, setLooked] = useState(false)
  const run = useRef(look.run)
  useEffect(() => { run.current = look.run })
  useEffect(() => {
    const open = (): void => void run.current({ roll_id }).then((a) => setLooked(a !== undefined))
    open()
    const timer = setInterval(open, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [roll_id])
  return <Page title="集合点名" back="/">{look.error ? <StateBlock icon="warn" title="打不开点名册" text={look.error.message} /> : looked ? <Roll roll_id={roll_id} /> : <p className="ph-center ph-weak">正在打开</p>}</Page>
}
function Roll({ roll_id }: { roll_id: string }) {
  const roll = useRead(muster.roll, { roll_id }, { stale_ms: 0, refresh_ms: LIVE_MS, keep: true })
  const scan = useWrite(muster.markByScan, { done: (a) => `${a.name} 已到,还差 ${a.left_count} 人` })
  const [scanning, setScanning] = useState(false)
  const [typed, setTyped] = useState('')
  const [find, setFind] = useState('')
  const [only, setOnly] = useState('left')
  const [point, setPoint] = useState('')
  return (
    <Loaded reading={roll}>
      {(d) => {
        const point_id = point || (d.points[0]?.point_id ?? null)
        const works = d.can.work === true
        const rows = d.entries.filter((e) => (find === '' || `${e.name}${e.about ?? ''}${e.zone}`.includes(find)) && (only === 'all' || (only === 'left' ? e.mark === null || e.mark === 'help' : e.mark === 'safe' || e.mark === 'found')))
        const send = async (text: string): Promise<void> => { setScanning(false); if (await scan.run({ roll_id, text, point_id })) { setTyped(''); roll.retry() } }
        return (
          <>
            <section className="ph-card ph-section">
              <div className="ph-between"><h3>{d.title}</h3><Tag kind={d.state === 'open' ? 'bad' : 'good'}>{said('roll', d.state)}</Tag></div>
              <Facts rows={[['未到', <span key="n" className={d.left_count > 0 ? 'ph-red' : ''}>{d.left_count} 人</span>], ['已到', `${d.safe_count} / ${d.total_count}`], d.help_count > 0 ? ['请求帮助', `${d.help_count} 人`] : null, ['在住户数', `${d.house_count} 户`]]} />
            </section>
            {works ? (
              <section className="ph-card ph-section" aria-label="扫码登记">
                {d.points.length > 1 ? <Chips label="集合点" choices={d.points.map((p) => ({ value: p.point_id, label: p.name }))} value={point_id ?? ''} choose={setPoint} /> : null}
                {canScan() ? (scanning ? <Scanner read={(text) => void send(text)} stop={() => setScanning(false)} /> : <Button className="ph-big" block color="primary" onClick={() => setScanning(true)}>扫码登记到达</Button>) : null}
                <form onSubmit={(e) => { e.preventDefault(); void send(typed.trim()) }}><Field label="访客通行码" hint="也可扫住户开门码、集合点的点位码">{(p) => <input {...p} className="ph-input ph-num" inputMode="numeric" autoComplete="off" maxLength={6} value={typed} onChange={(e) => setTyped(e.target.value)} />}</Field><Button className="ph-mid" block type="submit" loading={scan.running} disabled={typed.trim().length !== 6}>登记到达</Button></form>
              </section>
            ) : null}
            <section className="ph-card ph-section">
              <Field label="查找">{(p) => <input {...p} className="ph-input" placeholder="姓名、房号、位置" value={find} onChange={(e) => setFind(e.target.value.trim())} />}</Field>
              <Chips label="显示" choices={[{ value: 'left', label: `未到 ${d.left_count}` }, { value: 'done', label: `已到 ${d.safe_count}` }, { value: 'all', label: '全部' }]} value={only} choose={setOnly} />
            </section>
            {rows.length === 0 ? <StateBlock icon="info" title={only === 'left' ? '全部到齐' : '没有符合条件的人'} text="" /> : rows.slice(0, SHOWN_MAX).map((e) => <One key={e.entry_id} e={e} roll_id={roll_id} point_id={point_id} works={works} reload={roll.retry} />)}
            {rows.length > SHOWN_MAX ? <p className="ph-center ph-weak">还有 {rows.length - SHOWN_MAX} 人,请用查找</p> : null}
          </>
        )
      }}
    </Loaded>
  )
}
function One({ e, roll_id, point_id, works, reload }: { e: EntryRow; roll_id: string; point_id: string | null; works: boolean; reload: () => void }) {
  const mark = useWrite(muster.markEntry, { done: '已登记' })
  const put = async (m: EntryRow['mark']): Promise<void> => { if (await mark.run({ roll_id, entry_id: e.entry_id, mark: m, point_id: m === 'safe' ? point_id : null, note: null })) reload() }
  const done = e.mark === 'safe' || e.mark === 'found'
  return (
    <section className="ph-card ph-section" aria-label={e.name}>
      <div className="ph-between"><h3>{e.name}</h3><Tag kind={done ? 'good' : e.mark === 'help' ? 'bad' : 'warn'}>{e.mark ? said('mark', e.mark) : '未到'}</Tag></div>
      <Facts rows={[['身份', `${said('kind', e.kind)}${e.about ? ` ${e.about}` : ''}`], ['最后位置', `${e.zone}${e.at ? ` ${instant(e.at).slice(5, 16)}` : ''}(${said('source', e.source)})`], e.doubt ? ['存疑', <span key="d" className="ph-red">{e.doubt}</span>] : null, e.mark ? ['登记', `${e.marked_name ?? ''} ${e.point_name ?? ''}`] : null, e.note ? ['说明', e.note] : null]} />
      {works ? (done ? <Button className="ph-mid" block loading={mark.running} onClick={() => void put(null)}>撤销</Button> : <div className="ph-between"><Button className="ph-mid" color="primary" loading={mark.running} onClick={() => void put('safe')}>到集合点</Button><Button className="ph-mid" loading={mark.running} onClick={() => void put('found')}>已找到</Button>{e.mark === 'help' ? null : <Button className="ph-mid" color="danger" fill="outline" loading={mark.running} onClick={() => void put('help')}>求助</Button>}</div>) : null}
    </section>
  )
}
