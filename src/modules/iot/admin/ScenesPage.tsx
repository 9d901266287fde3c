// 场景: what is told to many devices with one press, and what came of it the last time.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { iot, type RunRow, type SceneRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { RunDrawer, RunModal } from './SceneRun.tsx'
import { SceneDrawer } from './SceneDrawer.tsx'

const REFRESH_MS = 5000
export function runText(r: RunRow): string {
  if (r.missed) return '已错过,没有执行'
  const parts: [string, number][] = [['已确认', r.confirmed_count], ['已应答', r.accepted_count], ['等待中', r.waiting_count], ['结果未知', r.unknown_count], ['失败', r.failed_count], ['未发出', r.not_sent_count]]
  return parts.filter(([, n]) => n > 0).map(([name, n]) => `${name} ${n}`).join(',') || '没有设备'
}
export const runBad = (r: RunRow): boolean => r.missed || r.unknown_count + r.failed_count + r.not_sent_count > 0
export default function ScenesPage() {
  const { place_id } = usePlace()
  const list = useRead(iot.scenes, place_id ? { community_id: place_id } : {}, { refresh_ms: REFRESH_MS, keep: true })
  const writes = useMay()('iot.scene.write')
  const [adding, setAdding] = useState(false)
  const [running, setRunning] = useState<SceneRow>()
  const [run_id, setRun] = useState<string>()
  const columns: readonly Column<SceneRow>[] = [
    { key: 'name', title: '场景', width: 160, show: (r) => <Go to={`/iot/scenes/${r.scene_id}`}>{r.name}</Go> }, { key: 'what_text', title: '内容', width: 330 }, { key: 'device_count', title: '台数', width: 70 }, { key: 'schedule_count', title: '定时', width: 70 },
    { key: 'last_run', title: '最近执行', width: 330, show: (r) => (r.last_run ? <Button type="link" className="hy-link" onClick={() => setRun(r.last_run!.run_id)}>{instant(r.last_run.at)} {said('run_source', r.last_run.source)}:<span className={runBad(r.last_run) ? 'hy-red' : ''}>{runText(r.last_run)}</span></Button> : '还没有执行过') },
    { key: 'community_name', title: '小区', width: 100 }, { key: 'stopped', title: '', width: 70, show: (r) => (r.stopped ? <Tag>停用</Tag> : null) }, { key: 'act', title: '操作', width: 90, show: (r) => <CanButton size="small" can={r.can.run} words={words} onClick={() => setRunning(r)}>执行</CanButton> },
  ]
  return (
    <ReadPage title="场景" loading={list.loading} error={list.error} retry={list.retry} actions={writes ? <Button type="primary" onClick={() => setAdding(true)}>新增场景</Button> : null}>
      <RowsTable label="场景" rows={list.data?.rows ?? []} row_key="scene_id" columns={columns} empty="还没有场景:把一组设备的命令放在一起,一次执行,也可定时" next={writes ? <Button onClick={() => setAdding(true)}>新增场景</Button> : null} />
      {adding ? <SceneDrawer close={() => setAdding(false)} /> : null}
      {running ? <RunModal scene={running} close={() => setRunning(undefined)} ran={setRun} /> : null}
      {run_id ? <RunDrawer run_id={run_id} close={() => setRun(undefined)} /> : null}
    </ReadPage>
  )
}
