import type { AdminModule } from '../../../ui/module.ts'

export const parkingAdmin: AdminModule = {
  menu: [
    { group: '车辆门禁', label: '岗亭', path: '/parking/booth', needs: 'parking.booth.work', pinned: true },
    { group: '车辆门禁', label: '停车记录', path: '/parking/stays', needs: 'parking.stay.read' },
    { group: '车辆门禁', label: '识别记录', path: '/parking/looks', needs: 'parking.stay.read' },
    { group: '车辆门禁', label: '车辆授权与月卡', path: '/parking/permits', needs: 'parking.permit.read' },
    { group: '车辆门禁', label: '车场日报', path: '/parking/days', needs: 'parking.stay.read' },
    { group: '车辆门禁', label: '商户停车券', path: '/parking/coupons', needs: 'parking.permit.read' },
    { group: '车辆门禁', label: '车场设置', path: '/parking/lots', needs: 'parking.lot.read' },
  ],
  routes: [
    { path: '/parking/booth', title: '岗亭', needs: 'parking.booth.work', page: () => import('./BoothPage.tsx'), help: ['等处理的车排在通道上方,写明为什么没有自动放行。', '数字键 1–9 打开对应通道的第一辆车,Shift + 数字手动开闸。', '开闸命令 10 秒内没有送到相机就作废,不会迟到。', '识别错了在「处理」里选相近车牌,或输入正确车牌。'] },
    { path: '/parking/stays', title: '停车记录', needs: 'parking.stay.read', page: () => import('./StaysPage.tsx'), help: ['一行是一次进出;点车牌看照片、计费过程、账单和每一步。', '没有「看完整车牌」权限时车牌打码,只能按完整车牌查。'] },
    { path: '/parking/stays/$stay_id', title: '停车记录详情', needs: 'parking.stay.read', page: () => import('./StayPage.tsx') },
    { path: '/parking/looks', title: '识别记录', needs: 'parking.stay.read', page: () => import('./LooksPage.tsx'), help: ['相机的每一次识别和当时的处置,只增不改。', '「补传」是断网时的记录:只记账,不开闸。'] },
    { path: '/parking/permits', title: '车辆授权与月卡', needs: 'parking.permit.read', page: () => import('./PermitsPage.tsx'), help: ['产权、租用车位按起止日;月租按缴清的租期;同户多车填车位数。', '月租的账单记在房产名下,收费台或业主手机都能缴,缴清即生效。'] },
    { path: '/parking/permits/$permit_id', title: '车辆授权详情', needs: 'parking.permit.read', page: () => import('./PermitPage.tsx') },
    { path: '/parking/days', title: '车场日报', needs: 'parking.stay.read', page: () => import('./DaysPage.tsx'), help: ['「开闸差」是开闸次数减进出次数:多出的是没有对应车辆的开闸,少的是道闸由遥控器打开或命令没有送到。', '数字点开是它的停车记录。'] },
    { path: '/parking/coupons', title: '商户停车券', needs: 'parking.permit.read', page: () => import('./CouponsPage.tsx'), help: ['商户在自己的手机打开链接,输入顾客车牌发券。', '购券款缴清后才能发。'] },
    { path: '/parking/lots', title: '车场设置', needs: 'parking.lot.read', page: () => import('./LotsPage.tsx'), help: ['先建车场,再发布规则,添加通道和相机。', '临停价目在「价格工坊」编制和发布。'] },
    { path: '/parking/lots/$lot_id', title: '车场', needs: 'parking.lot.read', page: () => import('./LotPage.tsx'), help: ['规则按生效日分版本,发布后不改;进场时的版本用到离场。', '相机推送地址含口令,只给安装人员;泄露了点「更换地址」。', '相机白名单自动下发,断网时相机按它放行。', '海康、大华的相机还要填「相机地址」:平台访问它开闸、下发名单;「测试连接」当场看答复。'] },
  ],
}
