// 工作台: what waits for me, the figures of the place, and the year in one chart.
import { useMemo } from 'react'
import { analytics } from '../../modules/analytics/contract.ts'
import { Go } from '../../ui/address.tsx'
import { useRead } from '../../ui/api.ts'
import { Figure } from '../../ui/bits.tsx'
import { Bars } from '../../ui/Bars.tsx'
import { count, grouped, money } from '../../ui/format.ts'
import { ReadPage } from '../../ui/pages.tsx'
import { usePlace } from '../../ui/session.ts'
import { EmptyBlock } from '../../ui/states.tsx'
import { t } from '../../ui/t.ts'

const wan = (fen: number): string => (Math.abs(fen) >= 1_000_000 ? `${Math.round(fen / 1_000_000)} 万` : String(Math.round(fen / 100)))

export default function WorkbenchPage() {
  const { place_id, place_name } = usePlace()
  const bench = useRead(analytics.workbench, place_id ? { community_id: place_id } : {}, { keep: true, refresh_ms: 120_000 })
  const months = bench.data?.months
  const series = useMemo(
    () => [
      { name: '应收', kind: 'bar' as const, values: (months ?? []).map((m) => m.receivable_fen), colour: '#9dbde3' },
      { name: '实收', kind: 'bar' as const, values: (months ?? []).map((m) => m.received_fen), colour: '#0958b3' },
    ],
    [months],
  )
  const x = useMemo(() => (months ?? []).map((m) => m.month), [months])
  return (
    <ReadPage title="工作台" loading={bench.loading} error={bench.data ? null : bench.error} retry={bench.retry} actions={<span className="hy-muted">{place_name}</span>}>
      {bench.data ? (
        <>
          {bench.data.setup.length ? <Setup steps={bench.data.setup} /> : null}
          <section className="hy-stack" aria-labelledby="todo-heading">
            <h2 id="todo-heading">待办</h2>
            {bench.data.todos.length ? <Todos todos={bench.data.todos} /> : <div className="hy-card"><EmptyBlock text="没有待办" /></div>}
          </section>
          {bench.data.figures.length ? (
            <section className="hy-stack" aria-labelledby="figures-heading">
              <h2 id="figures-heading">经营数据</h2>
              <div className="hy-figures">
                {bench.data.figures.map((f) => <Figure key={f.code} label={f.zh} value={grouped(f.value)} unit={f.unit} to={f.path} compare={f.compare} />)}
              </div>
            </section>
          ) : null}
          {x.length ? (
            <section className="hy-card hy-stack" aria-labelledby="months-heading">
              <h2 id="months-heading">近 {x.length} 个月应收与实收(元)</h2>
              <Bars label="各月应收与实收" x={x} series={series} write={money} axis={wan} />
            </section>
          ) : null}
        </>
      ) : null}
    </ReadPage>
  )
}

interface Step { code: string; zh: string; why: string; path: string; done: boolean }
/** What a new company does next: the first open step is the one to press. */
function Setup({ steps }: { steps: readonly Step[] }) {
  const next = steps.find((s) => !s.done)
  return (
    <section className="hy-card hy-stack" aria-labelledby="setup-heading">
      <h2 id="setup-heading">{t('开始使用:还有 {n} 步', { n: steps.filter((s) => !s.done).length })}</h2>
      <ol className="ad-setup">
        {steps.map((s) => (
          <li key={s.code} className={s.done ? 'ad-step ad-step-done' : 'ad-step'}>
            <span><Go to={s.path} className={s === next ? 'ad-step-next' : ''}>{s.zh}</Go>{s.done ? <span className="hy-muted"> 已完成</span> : null}</span>
            <span className="hy-muted">{s.why}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

interface Todo { code: string; zh: string; count: number; path: string }
/** By the module of the list behind it: what people of one office do stands together. */
const GROUPS: readonly (readonly [name: string, modules: readonly string[]])[] = [
  ['审批与导入', ['system']], ['收费与账务', ['billing', 'payment', 'closing', 'ledger', 'meters', 'funds', 'spending', 'budget', 'tariff', 'reminders', 'payroll']], ['客户服务', ['orders', 'care', 'community', 'bookings', 'votes']],
  ['现场与安全', ['rounds', 'iot', 'safety', 'equipment', 'duty', 'emergency', 'firefile', 'parking', 'doors', 'access', 'video', 'muster']], ['人事与合同', ['staff', 'attendance', 'contracts', 'suppliers', 'office']],
]
const moduleOf = (path: string): string => path.split('/')[1] ?? ''
const others = new Set(GROUPS.flatMap(([, of]) => of))
/** What waits, by office; what is at nought is one line that opens. */
function Todos({ todos }: { todos: readonly Todo[] }) {
  const some = todos.filter((x) => x.count > 0)
  const none = todos.filter((x) => x.count === 0)
  const groups = [...GROUPS.map(([name, of]) => ({ name, list: some.filter((x) => of.includes(moduleOf(x.path))) })), { name: '其他', list: some.filter((x) => !others.has(moduleOf(x.path))) }].filter((g) => g.list.length > 0)
  return (
    <>
      {groups.length === 0 ? <div className="hy-card"><EmptyBlock text="没有要办的事" /></div> : (
        <div className="ad-groups">
          {groups.map((g) => <div key={g.name} className="ad-group"><h3>{g.name}</h3><List todos={g.list} /></div>)}
        </div>
      )}
      {none.length > 0 ? <details className="ad-none"><summary>{t('另有 {n} 项没有要办的', { n: none.length })}</summary><List todos={none} /></details> : null}
    </>
  )
}
function List({ todos }: { todos: readonly Todo[] }) {
  return (
    <ul className="ad-todos">
      {todos.map((x) => (
        <li key={x.code}>
          <Go to={x.path} className={x.count > 0 ? 'ad-todo ad-todo-some' : 'ad-todo'}>
            <span>{x.zh}</span>{' '}
            <strong className="hy-num">{count(x.count)}</strong>
          </Go>
        </li>
      ))}
    </ul>
  )
}
