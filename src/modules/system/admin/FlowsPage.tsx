// 审批流设置: for every kind of request who decides, up to which amount, from which day on; tried with an amount before it is saved.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { system, type ApprovalFlow } from '../contract.ts'
import { FlowDrawer } from './FlowDrawer.tsx'

export default function FlowsPage() {
  const { place_id, place_name } = usePlace()
  const flows = useRead(system.approvalFlows, place_id ? { community_id: place_id } : {})
  const writes = useMay()('system.flow.write')
  const [edited, setEdited] = useState<ApprovalFlow>()
  return (
    <ReadPage title="审批流设置" loading={flows.loading} error={flows.error} retry={flows.retry} actions={<span className="hy-muted">{place_id ? `${place_name} 自己的审批流;没有设置的沿用全公司的` : '全公司的审批流;小区可以另设'}</span>}>
      {flows.data?.rows.length ? (
        <div className="hy-stack">
          {flows.data.rows.map((f) => (
            <section key={f.kind} className="hy-card hy-stack" aria-label={f.kind_zh}>
              <div className="hy-row">
                <h2>{f.kind_zh}</h2>
                {writes ? <Button onClick={() => setEdited(f)}>{f.versions.length ? '新版本' : '设置审批流'}</Button> : null}
              </div>
              {f.versions.length ? <Versions f={f} /> : <span className="hy-muted">{place_id ? '沿用全公司的审批流' : `默认:一步,由${f.default_step.zh}审批,不分金额`}</span>}
            </section>
          ))}
        </div>
      ) : <div className="hy-card"><EmptyBlock text="没有需要审批的事项" /></div>}
      {edited && flows.data ? <FlowDrawer key={edited.kind} flow={edited} roles={flows.data.roles} community_id={place_id ?? null} close={() => setEdited(undefined)} /> : null}
    </ReadPage>
  )
}

const STATES = { now: '执行中', future: '未生效', past: '已失效' }
function Versions({ f }: { f: ApprovalFlow }) {
  return (
    <RowsTable
      label={`${f.kind_zh}的版本`} rows={f.versions} row_key="flow_id" empty=""
      columns={[
        { key: 'from_on', title: '生效日', width: 100 },
        { key: 'state', title: '状态', width: 80, show: (v) => <StateTag value={v.state} words={STATES} tones={{ now: 'good', future: 'warn' }} /> },
        { key: 'tiers', title: '分档与审批人', width: 520, show: (v) => <div>{v.tiers.map((t, i) => <div key={i}>{f.has_amount ? <Tag className="hy-tag">{t.up_to_fen === null ? (i === 0 ? '不分金额' : '以上不限') : `不超过 ${money(t.up_to_fen)} 元`}</Tag> : null}{t.steps.map((s) => s.zh).join(' → ')}</div>)}</div> },
        { key: 'note', title: '说明', width: 140 },
        { key: 'created_by_name', title: '修改人', width: 90 },
        { key: 'created_at', title: '修改时间', width: 140 },
      ]}
    />
  )
}
