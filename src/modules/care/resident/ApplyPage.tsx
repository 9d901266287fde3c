// 办事: what may be applied for, and what I have applied for.
import { Button } from 'antd-mobile'
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { RowLink } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useGrowing } from '../../../ui/phone/pages.ts'
import { Bones, Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { care } from '../contract.ts'
import { ApplicationMark } from '../parts.tsx'

export function ApplyPage() {
  const services = useRead(care.services, {}, { stale_ms: 300_000 })
  const list = useGrowing(care.myApplications, {})
  return (
    <Page title="服务申请" back="/">
      <section className="ph-section"><h2 className="ph-h2">办理</h2>
        <Loaded reading={services}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="empty" title="物业还没有开通" text="请到前台办理" /> : <ul className="ph-list" aria-label="事项">{rows.map((s) => <li key={s.service_id}><RowLink icon="todo" to={`/apply/new/${s.service_id}`} title={s.name} under={s.version?.intro} /></li>)}</ul>)}</Loaded>
      </section>
      <section className="ph-section"><h2 className="ph-h2">我的申请</h2>
        <Loaded reading={list}>
          {({ rows }) => (rows.length === 0 ? <div className="ph-card"><StateBlock icon="empty" title="还没有申请" text="申请后在这里看进度" /></div> : (
            <>
              <ul className="ph-list" aria-label="我的申请">{rows.map((o) => <li key={o.application_id}><RowLink to={`/apply/${o.application_id}`} title={<span className="ph-strong">{o.service}</span>} under={<>{o.label}{o.step_name ? ` · ${o.step_name}` : ''}<br />{instant(o.created_at)}</>} side={<ApplicationMark state={o.state} />} /></li>)}</ul>
              {list.loadingMore ? <Bones rows={1} /> : list.more ? <Button className="ph-big" block onClick={list.loadMore}>查看更早的</Button> : null}
            </>
          ))}
        </Loaded>
      </section>
    </Page>
  )
}
