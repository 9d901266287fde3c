// 智能家居平台: accounts for Home Assistant and its like.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { iot, type FeedRow } from '../contract.ts'
import { Secret } from './DeviceDrawer.tsx'
import { placeOf } from './shared.tsx'

export default function FeedsPage() {
  const feeds = useRead(iot.feeds, {}, { refresh_ms: 30_000, keep: true })
  const stop = useWrite(iot.stopFeed, { done: '已变更' })
  const renew = useWrite(iot.renewFeedSecret)
  const [editing, setEditing] = useState<FeedRow | 'new'>()
  const [made, setMade] = useState<{ feed_id: string; secret: string }>()
  const columns: readonly Column<FeedRow>[] = [
    { key: 'name', title: '名称', width: 160 }, { key: 'community_name', title: '小区', width: 110 }, { key: 'device_count', title: '设备数', width: 75 }, { key: 'prefix', title: '主题前缀', width: 130 }, { key: 'may_command', title: '权限', width: 90, show: (r) => (r.may_command ? '可控制' : '只看') }, { key: 'feed_id', title: '用户名', width: 310, show: (r) => <span className="hy-num">{r.feed_id}</span> }, { key: 'connected_at', title: '最近连接', width: 150, show: (r) => (r.connected_at ? instant(r.connected_at) : '还没有连接过') }, { key: 'stopped', title: '', width: 70, show: (r) => (r.stopped ? <Tag>停用</Tag> : null) },
    { key: 'act', title: '操作', width: 220, show: (r) => <span className="hy-line"><Button size="small" onClick={() => setEditing(r)}>修改</Button><Button size="small" onClick={() => void confirm({ title: `重置「${r.name}」的口令?`, content: '旧口令立即失效,平台要换上新口令。', ok: '重置', danger: true }).then(async (y) => { if (y) setMade(await renew.run({ feed_id: r.feed_id }, r.feed_id)) })}>重置口令</Button><Button size="small" onClick={() => void stop.run({ feed_id: r.feed_id, stopped: !r.stopped }, r.feed_id)}>{r.stopped ? '启用' : '停用'}</Button></span> },
  ]
  const address = feeds.data?.rows.find((r) => r.mqtt_address)?.mqtt_address
  return (
    <ReadPage title="智能家居平台" loading={feeds.loading} error={feeds.error} retry={feeds.retry} actions={<Button type="primary" onClick={() => setEditing('new')}>新增账号</Button>}>
      <RowsTable label="智能家居平台" rows={feeds.data?.rows ?? []} row_key="feed_id" columns={columns} empty="还没有账号:Home Assistant 等平台要看本小区的设备时新增" next={<Button onClick={() => setEditing('new')}>新增账号</Button>} />
      {address ? <p className="hy-muted">MQTT 地址 {address};在 Home Assistant 的「MQTT」集成里填地址、用户名和口令,发现前缀与上表一致。</p> : null}
      {editing ? <FeedDrawer feed={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} made={(m) => { setEditing(undefined); setMade(m) }} /> : null}
      {made ? <Secret device_id={made.feed_id} secret={made.secret} close={() => setMade(undefined)} /> : null}
    </ReadPage>
  )
}
function FeedDrawer({ feed, close, made }: { feed: FeedRow | undefined; close: () => void; made: (m: { feed_id: string; secret: string }) => void }) {
  const { place_id, places } = usePlace()
  const save = useWrite(iot.saveFeed, { in_form: true, done: '已保存' })
  return (
    <FormDrawer open onClose={close} width={520} title={feed ? `修改 ${feed.name}` : '新增平台账号'} call={iot.saveFeed} loading={save.running} submitError={save.error} fixed={feed ? { feed_id: feed.feed_id } : {}} fields={[{ name: 'name', placeholder: '如:物业大厅 Home Assistant' }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'prefix', help: 'Home Assistant 默认是 homeassistant' }, { name: 'may_command', help: '通行、涉及安全的命令和表计通断在任何情况下都不能由平台控制' }]}
      initial={feed ? { name: feed.name, community_id: feed.community_id, prefix: feed.prefix, may_command: feed.may_command } : { name: '', ...placeOf(place_id ?? places[0]?.id), prefix: 'homeassistant', may_command: false }}
      onSubmit={async (i) => { const a = await save.run(i); if (a?.secret) made({ feed_id: a.feed_id, secret: a.secret }); else if (a) close() }} />
  )
}
