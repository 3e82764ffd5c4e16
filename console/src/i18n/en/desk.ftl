# The duty desk
screen-desk = Duty desk
