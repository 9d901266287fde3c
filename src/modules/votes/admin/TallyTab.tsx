// How many have come while it runs; what was counted, with the sentence that says how.
import { Alert, Progress } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { Figure } from '../../../ui/bits.tsx'
import { area, count, percent } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { votes, type Result } from '../contract.ts'
import type { PollFull } from './PollPage.tsx'

const REFRESH_MS = 30_000
const bp = (part: number, whole: number): number => (whole > 0 ? Number((BigInt(part) * 10_000n) / BigInt(whole)) : 0)
const m2 = (text: string): number => Number(text.replace('.', ''))
export function TallyTab({ o }: { o: PollFull }) {
  const runs = o.state === 'open'
  const turnout = useRead(votes.turnout, { poll_id: o.poll_id }, runs ? { refresh_ms: REFRESH_MS } : {})
  const results = useRead(votes.results, { poll_id: o.poll_id }, runs ? { refresh_ms: REFRESH_MS } : {})
  const error = turnout.error ?? results.error
  if (error) return <ErrorBlock error={error} retry={() => { turnout.retry(); results.retry() }} />
  if (!turnout.data || !results.data) return <LoadingBlock />
  const t = turnout.data
  return (
    <div className="hy-stack">
      <div className="hy-figures">
        <Figure label="已投人数" value={`${count(t.voted.count)} / ${count(t.eligible.count)}`} compare={percent(bp(t.voted.count, t.eligible.count))} />
        <Figure label="已投面积" value={area(t.voted.m2)} unit="㎡" compare={`${percent(bp(m2(t.voted.m2), m2(t.eligible.m2)))},应参加 ${area(t.eligible.m2)} ㎡`} />
        <Figure label="方式" value={count(t.ways.app)} unit="手机" compare={`纸质 ${t.ways.paper},委托 ${t.ways.proxy}`} />
        {t.quorum.map((q) => <Figure key={q.text} label="参与比例" value={<span className={q.met ? '' : 'hy-red'}>{q.met ? '已达到' : '未达到'}</span>} compare={q.text} />)}
      </div>
      {results.data.hidden ? <Alert type="info" showIcon title="截止前密封:只显示谁投了,不显示怎么投" /> : null}
      {results.data.live ? <Alert type="warning" showIcon title="表决还在进行,下面是此刻的数字,不是结果" /> : null}
      {results.data.rows.map((r) => <Motion key={r.motion_id} r={r} />)}
      {t.buildings.length ? <RowsTable label="按楼栋" rows={t.buildings} row_key="building_id" empty="" columns={[{ key: 'name', title: '楼栋', width: 120 }, { key: 'eligible_count', title: '应参加', width: 90, align: 'right', show: (b) => count(b.eligible_count) }, { key: 'voted_count', title: '已投', width: 90, align: 'right', show: (b) => count(b.voted_count) }, { key: 'part', title: '进度', width: 220, show: (b) => <Progress size="small" percent={Math.floor(bp(b.voted_count, b.eligible_count) / 100)} aria-label={`${b.name} 已投`} /> }]} /> : null}
    </div>
  )
}
function Motion({ r }: { r: Result }) {
  const sides = [['同意', r.agree], ['反对', r.oppose], ['弃权', r.abstain]] as const
  return (
    <section className="hy-card" aria-label={`议题 ${r.motion_no} 计票`}>
      <div className="hy-head"><h2 style={{ fontSize: 16, margin: 0 }}>{r.motion_no}. {r.title}</h2><strong className={r.passed ? '' : 'hy-red'}>{r.passed ? '通过' : '未通过'}</strong></div>
      <RowsTable label={`议题 ${r.motion_no}`} rows={sides.map(([name, s]) => ({ name, count: s.count, area_m2: s.m2 }))} row_key="name" empty="" columns={[{ key: 'name', title: '意见', width: 120 }, { key: 'count', title: '人数', width: 120, align: 'right', show: (x) => count(x.count) }, { key: 'area_m2', title: '面积', width: 160 }]} />
      <p style={{ margin: '8px 0 0' }}>{r.sentence}</p>
    </section>
  )
}
