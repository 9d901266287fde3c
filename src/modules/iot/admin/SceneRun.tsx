// Carrying a scene out, and what each device answered, as it comes in.
import { Drawer } from 'antd'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { iot, type SceneRow } from '../contract.ts'
import { ITEM_TONE, said } from '../shown.ts'
import { words } from '../words.ts'

const REFRESH_MS = 1500
export function RunModal({ scene, close, ran }: { scene: SceneRow; close: () => void; ran: (run_id: string) => void }) {
  const run = useWrite(iot.runScene, { in_form: true, done: (a) => `已发出 ${a.sent_count} 台${a.not_sent_count > 0 ? `,未发出 ${a.not_sent_count} 台` : ''}` })
  return (
    <FormModal open onClose={close} title={`执行「${scene.name}」`} submit="执行" call={iot.runScene} loading={run.running} submitError={run.error} fixed={{ scene_id: scene.scene_id }} fields={[{ name: 'reason', ...(scene.needs_reason ? { help: '含通行命令,要写明原因' } : {}) }]} onSubmit={async (i) => { const done = await run.run(i); if (done) { close(); ran(done.run_id) } }}>
      <p>{scene.what_text}</p><p className="hy-muted">共 {scene.device_count} 台。不在线的设备不会发出,也不会等它上线再补发。</p>
    </FormModal>
  )
}
export function RunDrawer({ run_id, close }: { run_id: string; close: () => void }) {
  const run = useRead(iot.sceneRun, { run_id }, { refresh_ms: REFRESH_MS, keep: true })
  const r = run.data
  return (
    <Drawer open onClose={close} title={r ? `${r.scene_name}:执行结果` : '执行结果'} size={860} styles={{ wrapper: { maxWidth: '100vw' } }} closable={{ 'aria-label': '关闭' }}>
      {run.error ? <ErrorBlock error={run.error} retry={run.retry} /> : !r ? <LoadingBlock /> : (
        <div className="hy-stack">
          <Facts facts={[['时间', instant(r.at, { seconds: true })], ['来源', said('run_source', r.source)], ['执行人', r.asked_by_name], ['原因', r.reason], ['台数', r.total_count], ['已确认', r.confirmed_count], ['结果未知', r.unknown_count], ['失败或未发出', r.failed_count + r.not_sent_count]]} />
          <RowsTable label="逐台结果" rows={r.items} row_key="item_no" empty={r.missed ? '到点时系统没有运行,没有执行;错过的不补' : '这个场景当时没有设备'} columns={[{ key: 'device_name', title: '设备', width: 180, show: (x) => <Go to={`/iot/devices/${x.device_id}`}>{x.device_name}</Go> }, { key: 'name', title: '命令', width: 120, show: (x) => `${x.name}${x.arg === null ? '' : ` ${x.arg}`}` }, { key: 'state', title: '结果', width: 110, show: (x) => <StateTag value={x.state} words={words.states?.['item']} tones={ITEM_TONE} /> }, { key: 'why', title: '说明', width: 220, show: (x) => x.why ?? x.answer ?? '—' }, { key: 'state_at', title: '状态时间', width: 155, show: (x) => instant(x.state_at, { seconds: true }) }]} />
        </div>
      )}
    </Drawer>
  )
}
