// 派单: who is on duty, skilled, of the area and least busy stands first; the reasons are shown.
import { Alert, Button, Drawer, Input, Table, Tag } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { orders, type Candidate, type OrderFull } from '../contract.ts'

export function AssignDrawer({ o, close }: { o: OrderFull; close: () => void }) {
  const people = useRead(orders.candidates, { order_id: o.order_id }, { stale_ms: 0 })
  const assign = useWrite(orders.assignOrder, { in_form: true, done: '已派单' })
  const [picked, pick] = useState<string>()
  const [note, setNote] = useState('')
  const rows = people.data?.rows ?? []
  const who = picked ?? rows[0]?.account_id
  const submit = async () => { if (who && (await assign.run({ order_id: o.order_id, account_id: who, ...(note.trim() ? { note: note.trim() } : {}) }))) close() }
  return (
    <Drawer open title={`派单:${o.place} ${o.category}`} onClose={close} size={680} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!who} loading={assign.running} onClick={() => void submit()}>派给 {rows.find((r) => r.account_id === who)?.name ?? ''}</Button></div>}>
      <div className="hy-stack">
        {assign.error ? <Alert type="error" showIcon title={assign.error.message} /> : null}
        {o.skill ? <p className="hy-muted">所需工种:{o.skill}</p> : null}
        {people.error ? <ErrorBlock error={people.error} retry={people.retry} /> : people.loading ? <LoadingBlock /> : (
          <Table<Candidate>
            size="small" rowKey="account_id" pagination={false} dataSource={rows} scroll={{ x: 560, y: 420 }} locale={{ emptyText: '该位置没有可派的人:请在「员工账号」给员工「维修工」角色和范围' }}
            rowSelection={{ type: 'radio', selectedRowKeys: who ? [who] : [], onChange: (k) => pick(k[0] as string), getCheckboxProps: (r) => ({ 'aria-label': `选择 ${r.name}` }) as never }} onRow={(r) => ({ onClick: () => pick(r.account_id) })}
            columns={[
              { key: 'name', title: '姓名', width: 90, dataIndex: 'name' },
              { key: 'skills', title: '工种', width: 130, render: (_v, r) => <span className={r.fits.skill ? '' : 'hy-muted'}>{r.skills.join('、') || '—'}</span> },
              { key: 'buildings', title: '责任区', width: 120, ellipsis: true, render: (_v, r) => r.buildings || '全部' },
              { key: 'open_count', title: '手上', width: 90, render: (_v, r) => <span className={r.fits.has_room ? '' : 'hy-red'}>{r.open_count} 单{r.late_count ? <span className="hy-red"> 超时 {r.late_count}</span> : null}</span> },
              { key: 'fits', title: '', width: 150, render: (_v, r) => <span className="hy-line">{r.fits.on_duty ? null : <Tag>不当班</Tag>}{r.fits.skill && o.skill ? <Tag color="success" className="hy-tag hy-tag-good">工种合适</Tag> : null}{r.fits.has_room ? null : <Tag color="warning" className="hy-tag hy-tag-warn">已满</Tag>}</span> },
            ]}
          />
        )}
        <label>附言(选填)<Input aria-label="附言" maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} onPressEnter={() => void submit()} /></label>
      </div>
    </Drawer>
  )
}
