import type { ReactNode } from 'react'
import { useRead } from '../../../ui/api.ts'
import { Row, RowLink } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { usePhoneMe } from '../../../ui/phone/me.ts'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { grouped } from '../../../ui/format.ts'
import { analytics } from '../contract.ts'

/** Work that the phone can do, by the beginning of the address it has at the desk. */
const ON_PHONE: readonly [desk: string, phone: string][] = [['/orders', '/orders'], ['/care', '/care'], ['/rounds', '/rounds'], ['/meters', '/meters'], ['/equipment/devices', '/equipment'], ['/property/houses', '/houses']]
const phonePath = (desk: string): string | undefined => ON_PHONE.find(([d]) => desk.startsWith(d))?.[1]

export function HomePage({ tabs, above }: { tabs: ReactNode; above?: ReactNode }) {
  const me = usePhoneMe()
  const bench = useRead(analytics.workbench, {}, { stale_ms: 30_000 })
  return (
    <Page title="工作台" tabs={tabs}>
      {above}
      <p className="st-hello">{me.name},今天要做的</p>
      <Loaded reading={bench} rows={4}>
        {({ todos, figures }) => {
          const due = todos.filter((x) => x.count > 0)
          return (
            <>
              {due.length === 0 ? (
                <div className="ph-card"><StateBlock icon="ok" title="没有待办" text="有新的工作会显示在这里" /></div>
              ) : (
                <ul className="ph-list" aria-label="待办">
                  {due.map((x) => {
                    const to = phonePath(x.path)
                    const side = <span className="st-count ph-num">{x.count}</span>
                    return <li key={x.code}>{to ? <RowLink to={to} icon="todo" title={x.zh} side={side} /> : <Row icon="todo" title={x.zh} under="请在电脑端处理" side={side} />}</li>
                  })}
                </ul>
              )}
              {figures.length > 0 ? (
                <section className="ph-section">
                  <h2 className="ph-h2">数据</h2>
                  <dl className="st-figures">
                    {figures.map((f) => (
                      <div key={f.code} className="ph-card">
                        <dt className="ph-weak ph-small">{f.zh}</dt>
                        <dd><span className="st-figure ph-num">{grouped(f.value)}</span> <span className="ph-small ph-weak">{f.unit}</span>{f.compare ? <span className="ph-small ph-weak" style={{ display: 'block' }}>{f.compare}</span> : null}</dd>
                      </div>
                    ))}
                  </dl>
                </section>
              ) : null}
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
