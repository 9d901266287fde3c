import type { AdminModule } from '../../../ui/module.ts'

const READ = 'equipment.device.read'
export const equipmentAdmin: AdminModule = {
  menu: [
    { group: '设备设施', label: '设备台账', path: '/equipment/devices', place: 10, needs: READ },
    { group: '设备设施', label: '检验与证件', path: '/equipment/certs', place: 30, needs: READ },
    { group: '设备设施', label: '水箱与水质', path: '/equipment/water', place: 40, needs: READ },
    { group: '设备设施', label: '检验规则', path: '/equipment/cert-setup', place: 80, needs: READ },
    { group: '设备设施', label: '设备分类', path: '/equipment/categories', place: 90, needs: READ },
  ],
  routes: [
    { path: '/equipment/devices', title: '设备台账', needs: READ, page: () => import('./DevicesPage.tsx'), help: ['左侧按系统和类别筛选;点一行打开设备档案。', '成批建档用「系统设置 → 数据导入 → 设备台账」。', '「打印标签」打出现在筛选出的设备,勾选几台则只打这几台。'] },
    { path: '/equipment/devices/$equipment_id', title: '设备档案', needs: READ, page: () => import('./DevicePage.tsx'), help: ['一台一档:参数、标准、资料、状态历史、报修和费用都在页签里。', '状态变更要写原因和日期,历史不改。', '员工用手机扫标签上的二维码打开这台设备,可直接报修。'] },
    { path: '/equipment/certs', title: '检验与证件', needs: READ, page: () => import('./CertsPage.tsx'), help: ['红色为已过期或未登记,橙色为临期;点上方的数只看这一种。', '每次检验登记新的一行并上传凭证,旧的保留在历史里。', '过期前按阶梯提醒,过期后每天升级提醒;「过期须停用」的设备在各处显示「须停用」。'] },
    { path: '/equipment/water', title: '水箱与水质', needs: READ, page: () => import('./WaterPage.tsx'), help: ['结果按限值自动判合格与否,限值在「检验规则 → 水质限值」。', '公示后业主端可见最近一次;登记有误的可撤下。'] },
    { path: '/equipment/cert-setup', title: '检验规则', needs: READ, page: () => import('./CertSetupPage.tsx'), help: ['周期、凭证、是否过期停用都按生效日分版本,已登记的不受影响。', '各省对水箱清洗、水质检测的周期不同,请按当地规定设定。'] },
    { path: '/equipment/categories', title: '设备分类', needs: READ, page: () => import('./CategoriesPage.tsx'), help: ['系统下分类别;类别决定设备编号前缀、技术参数和技术标准。', '改参数不影响已填的值,删去的参数不再显示。'] },
  ],
}
