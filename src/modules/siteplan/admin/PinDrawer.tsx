// What a point is, how it is now, and where to go from it.
import { Button, Drawer } from 'antd'
import { Go, writeSearch } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { Facts } from '../../../ui/pages.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { useMay } from '../../../ui/session.ts'
import { siteplan, type Pin } from '../contract.ts'
import { pinName, said, stateText } from '../shown.ts'

interface Way {
  to: string
  label: string
  needs: string
}
function waysOf(p: Pin): Way[] {
  const id = p.subject_id ?? ''
  switch (p.kind) {
    case 'device': return [{ to: `/iot/devices/${id}`, label: '打开设备', needs: 'iot.device.read' }, { to: `/video/playback${writeSearch({ device_id: id })}`, label: '附近录像', needs: 'video.playback.watch' }]
    case 'door': return [{ to: '/doors/board', label: '门禁状态', needs: 'doors.door.read' }, { to: `/doors/passages${writeSearch({ door_id: id })}`, label: '通行记录', needs: 'doors.passage.read' }, { to: `/video/playback${writeSearch({ door_id: id })}`, label: '这扇门的录像', needs: 'video.playback.watch' }]
    case 'camera': return [{ to: `/video/wall${writeSearch({ n: 1, c: id, big: id })}`, label: '实时画面', needs: 'video.camera.watch' }, { to: `/video/playback${writeSearch({ camera_id: id })}`, label: '录像回放', needs: 'video.playback.watch' }]
    case 'lane': return [{ to: '/parking/booth', label: '岗亭', needs: 'parking.booth.work' }, { to: '/parking/looks', label: '识别记录', needs: 'parking.stay.read' }, { to: `/video/playback${writeSearch({ lane_id: id })}`, label: '这条车道的录像', needs: 'video.playback.watch' }]
    case 'equipment': return [{ to: `/equipment/devices/${id}`, label: '设备档案', needs: 'equipment.device.read' }]
    case 'sign': return [{ to: `/safety/signs${writeSearch({ q: p.no })}`, label: '警示标识', needs: 'safety.sign.read' }]
    case 'point': return [{ to: '/muster/rolls', label: '集合点名', needs: 'muster.roll.read' }]
    case 'building': return [{ to: `/property/board${writeSearch({ building_id: id })}`, label: '房态图', needs: 'property.house.read' }]
    case 'mark': return []
  }
}
export function PinDrawer({ pin: p, edit, close }: { pin: Pin; edit: boolean; close: () => void }) {
  const may = useMay()
  const remove = useWrite(siteplan.removePin, { done: '已取下' })
  const ways = waysOf(p).filter((w) => may(w.needs))
  return (
    <Drawer open mask={false} size={360} title={pinName(p)} onClose={close} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}>
      <div className="hy-stack">
        <Facts facts={([['种类', p.shown === 'mark' ? said('mark', p.mark) : said('shown', p.shown)], ['位置', [p.building_name, p.place].filter(Boolean).join(' ')], ['状态', <span key="s" className={`sp-t-${p.tone}`}>{stateText(p)}</span>], ['现在', p.detail]] as const).filter(([, v]) => v !== '' && v !== null)} />
        {p.alarm ? <div className="hy-card hy-stack"><span className="hy-red hy-strong">{said('level', p.alarm.level)}报警:{p.alarm.title}</span><span className="hy-muted">{instant(p.alarm.raised_at)} 发生,还没有处置</span>{may('iot.device.read') ? <Go to={`/iot/alarms/${p.alarm.alarm_id}`}>到报警中心处理</Go> : null}</div> : null}
        <div className="hy-line">{ways.map((w) => <Go key={w.to} to={w.to}>{w.label}</Go>)}</div>
        {edit ? <><p className="hy-muted">拖动,或让图上的点得到焦点后用方向键移动,按住 Shift 走小步。</p><Button danger loading={remove.running} onClick={async () => { if (await confirm({ title: `从图上取下「${pinName(p)}」?`, content: '只是取下这个点,对象本身不受影响。' }) && await remove.run({ pin_id: p.pin_id })) close() }}>从图上取下</Button></> : null}
      </div>
    </Drawer>
  )
}
