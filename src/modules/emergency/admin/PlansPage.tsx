// 应急预案: by kind of event, with the version in force and what is being changed.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { emergency, type PlanRow } from '../contract.ts'
import { VERSION_TONE } from '../shown.ts'
import { words } from '../words.ts'
import { PlanDrawer } from './PlanDrawer.tsx'

const COLUMNS: readonly Column<PlanRow>[] = [
  { key: 'name', title: '预案', width: 210, always: true }, { key: 'kind_name', title: '事件种类', width: 100 },
  { key: 'live_no', title: '现行版本', width: 100, show: (p) => (p.retired ? <StateTag value="r" words={{ r: '已停用' }} /> : p.live_no ? `第 ${p.live_no} 版` : <StateTag value="n" words={{ n: '未发布' }} tones={{ n: 'warn' }} />) }, { key: 'open_state', title: '修订', width: 90, show: (p) => (p.open_state ? <StateTag value={p.open_state} words={words.states?.['version']} tones={VERSION_TONE} /> : '—') },
  { key: 'step_count', title: '步骤', width: 70, align: 'right' }, { key: 'people_count', title: '人员', width: 70, align: 'right' }, { key: 'published_at', title: '发布时间', width: 145 }, { key: 'last_drill_on', title: '最近演练', width: 105, show: (p) => p.last_drill_on ?? '没有演练过' }, { key: 'community_name', title: '小区', width: 100 },
]
export default function PlansPage() {
  const { place_id } = usePlace()
  const writes = useMay()('emergency.plan.write')
  const kinds = useRead(emergency.kinds, {}, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '预案名称' }, { kind: 'select', name: 'kind_id', label: '事件种类', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading }, { kind: 'check', name: 'open', label: '待审核' }, { kind: 'check', name: 'retired', label: '含已停用' }], [kinds.data, kinds.loading])
  const list = useList(emergency.plans, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage {...list} title="应急预案" name="emergency.plans" columns={COLUMNS} row_key="plan_id" href={(p) => `/emergency/plans/${p.plan_id}`} actions={writes ? <Button type="primary" onClick={() => setAdding(true)}>新增预案</Button> : null} empty={{ text: '没有符合条件的预案' }} />
      {adding ? <PlanDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}
