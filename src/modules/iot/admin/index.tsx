import type { AdminModule } from '../../../ui/module.ts'

const READ = 'iot.device.read'
export const iotAdmin: AdminModule = {
  menu: [
    { group: '智能设备', label: '设备监控', path: '/iot/devices', needs: READ },
    { group: '智能设备', label: '产品模型', path: '/iot/products', needs: READ },
  ],
  routes: [
    { path: '/iot/devices', title: '设备监控', needs: READ, page: () => import('./DevicesPage.tsx'), help: ['每 5 秒刷新;点上方的数只看这一种状态。', '「离线」是超过产品规定的时间没有上报;「未知」是网关刚启动,或所属网关自己离线。', '检修中的设备不报离线;在设备页办理。'] },
    { path: '/iot/devices/$device_id', title: '智能设备', needs: READ, page: () => import('./DevicePage.tsx'), help: ['曲线最多看三年:两天内用原始值,一个月内用每 15 分钟,更长用每天。', '「存疑」的值不进入曲线和抄表:累计值变小、变化过快都会存疑;换表或清零后请点「确认换表或清零」。', '接入地址和账号在「接入」页签;口令只显示一次,忘记请重置。'] },
    { path: '/iot/products', title: '产品模型', needs: READ, page: () => import('./ProductsPage.tsx'), help: ['一种设备建一个产品:有哪些点位、能执行什么命令、会报什么事件。', '「载入现成产品」给出常用的十几种,可再修改。', '已有数据的点位不能删去或改类型。'] },
  ],
}
